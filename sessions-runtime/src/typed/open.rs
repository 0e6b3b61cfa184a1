//! Reading a typed value, whatever an earlier or a later version of its type has stored: there is always a value.

use std::borrow::Cow;
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
        entries: Cow::Borrowed(entries),
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
    /// What is stored; once something is wrong, without what cannot be read, and with the defaults of what is missing.
    entries: Cow<'a, Entries>,
    reading: Reading,
}

impl Reader<'_> {
    /// `None` where nothing is stored, or nothing that can be read.
    fn read<T: Storable + Defined>(&mut self) -> Option<T> {
        if self.entries.is_empty() {
            return None;
        }
        if let Some(whole) = self.entries.get(names::WHOLE) {
            if let Ok(value) = value::read(PhantomData::<T>, whole) {
                self.reading.whole = true;
                return Some(value);
            }
            self.leave_out(names::WHOLE, Reach::Entry);
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
                entries: &self.entries,
                found: &found,
            });
            self.reading.fields = found.fields.get();
            let err = match result {
                Ok(value) => return Ok(value),
                Err(err) => err,
            };
            let blamed = match (found.blamed.get(), found.last.get(), &err) {
                (Some((name, reach)), ..) => Some((name.to_owned(), reach)),
                (None, Some(name), JoinError::Duplicate) => Some((name.to_owned(), Reach::Alias)),
                _ => None,
            };
            match (blamed, &err) {
                // A default that its own type cannot read would go in circles.
                (Some((name, reach)), _) if !self.reading.faults.has(&name, reach) => {
                    self.leave_out(&name, reach);
                }
                (None, JoinError::Missing(field)) if self.complete::<T>(field) => {}
                _ => return Err(err),
            }
        }
    }

    fn leave_out(&mut self, name: &str, reach: Reach) {
        self.reading.faults.add(name, reach, self.entries.to_mut());
    }

    /// Adds the default of a field that is missing; `false` where there is none.
    fn complete<T: Storable + Defined>(&mut self, field: &str) -> bool {
        let Ok(defaults) = Split::of(&T::default()) else {
            return false;
        };
        let entries = self.entries.to_mut();
        let before = entries.len();
        defaults.give(&names::escape(field), entries);
        entries.len() > before
    }

    /// Something is wrong, and no entry to blame: a struct with flattened fields decodes all of them before it looks at
    /// one. Leaves out one field after the other.
    fn without_one<T: Storable + Defined>(&mut self) -> Option<T> {
        let (entries, faults) = (self.entries.clone(), self.reading.faults.clone());
        for (name, _) in entries.iter().take(TRIES) {
            let (field, key) = names::split(name);
            if key.is_some() && entries.get(field).is_some() {
                continue;
            }
            self.entries = entries.clone();
            self.reading.faults.clone_from(&faults);
            self.leave_out(field, Reach::Field);
            if let Ok(value) = self.attempt() {
                return Some(value);
            }
        }
        self.reading.faults = faults;
        self.reading.faults.add_all(&entries);
        None
    }
}
