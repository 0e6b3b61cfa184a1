//! Reading a typed value, whatever an earlier or a later version of its type has stored: there is always a value.

use std::marker::PhantomData;

use super::faults::{Faults, Reach};
use super::join::{Found, Join, JoinError};
use super::split::Split;
use super::{Defined, Storable};
use crate::record::{Entries, names};
use crate::value;

/// How many fields are left out in turn where something is wrong that no entry can be blamed for.
const TRIES: usize = 32;

/// A value, and what reading it came upon.
#[derive(Debug)]
pub(crate) struct Opened<T> {
    pub(crate) value: T,
    pub(crate) reading: Reading,
}

/// What reading a value came upon; writing it again depends on that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// The names that the type asks for, where it is a struct: its fields and their aliases.
    pub(super) fields: &'static [&'static str],
    /// The value was stored whole.
    pub(super) whole: bool,
    pub(super) faults: Faults,
}

/// Reads a value. What is missing or cannot be read comes from serde's default, or else from the type's own.
pub(super) fn open<T: Storable + Defined>(entries: &Entries, session: &str) -> Opened<T> {
    let mut reader = Reader {
        stored: entries,
        completed: None,
        reading: Reading::default(),
    };
    let value = reader.read();
    let mut reading = reader.reading;
    reading.faults.tell(session, std::any::type_name::<T>());
    let value = value.unwrap_or_else(|| {
        reading.fields = &[];
        T::default()
    });
    Opened { value, reading }
}

struct Reader<'a> {
    stored: &'a Entries,
    /// What is stored, and the defaults of what is missing.
    completed: Option<Entries>,
    reading: Reading,
}

impl Reader<'_> {
    /// `None` where nothing is stored, or nothing that can be read.
    fn read<T: Storable + Defined>(&mut self) -> Option<T> {
        if self.stored.is_empty() {
            return None;
        }
        if let Some(whole) = self.stored.get(names::WHOLE) {
            if let Ok(value) = value::read(PhantomData::<T>, whole) {
                self.reading.whole = true;
                return Some(value);
            }
            self.reading.faults.add(names::WHOLE, Reach::Entry);
        }
        match self.attempt() {
            Ok(value) => Some(value),
            Err(JoinError::Absent) => None,
            Err(_) => self.without_one(),
        }
    }

    /// Tries with less and less: without what cannot be read, and with the defaults of what is missing.
    fn attempt<T: Storable + Defined>(&mut self) -> Result<T, JoinError> {
        loop {
            let found = Found::default();
            let result = T::deserialize(Join {
                entries: self.completed.as_ref().unwrap_or(self.stored),
                faults: &self.reading.faults,
                found: &found,
            });
            self.reading.fields = found.fields.get();
            let err = match result {
                Ok(value) => return Ok(value),
                Err(err) => err,
            };
            let left_out = match (found.blamed.get(), found.last.get(), &err) {
                (Some((name, reach)), ..) => Some((name.to_owned(), reach)),
                (None, Some(name), JoinError::Duplicate) => Some((name.to_owned(), Reach::Alias)),
                _ => None,
            };
            match (left_out, &err) {
                // A type that fails again at what is left out already does not end this.
                (Some((name, reach)), _) if !self.reading.faults.has(&name, reach) => {
                    self.reading.faults.add(&name, reach);
                }
                (None, JoinError::Missing(field)) if self.complete::<T>(field) => {}
                _ => return Err(err),
            }
        }
    }

    /// Adds the default of a field that is missing; `false` where there is none, or it is there already.
    fn complete<T: Storable + Defined>(&mut self, field: &str) -> bool {
        let name = names::escape(field);
        let entries = self.completed.get_or_insert_with(|| self.stored.clone());
        let before = entries.len();
        if let Ok(defaults) = Split::of(&T::default()) {
            defaults.give(&name, entries);
        }
        entries.len() > before
    }

    /// Something is wrong, and no entry to blame: a struct with flattened fields decodes all of them before it looks at
    /// one. Leaves out one field after the other.
    fn without_one<T: Storable + Defined>(&mut self) -> Option<T> {
        let kept = self.reading.faults.clone();
        for (name, _) in self.stored.iter().take(TRIES) {
            let (field, _) = names::split(name);
            if kept.has(field, Reach::Field) {
                continue;
            }
            self.reading.faults.clone_from(&kept);
            self.reading.faults.add(field, Reach::Field);
            self.completed = None;
            if let Ok(value) = self.attempt() {
                return Some(value);
            }
        }
        self.reading.faults = kept;
        self.reading.faults.add_all(self.stored);
        None
    }
}
