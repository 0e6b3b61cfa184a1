//! One value a thread: a connection that a worker has for itself, so that no worker waits for another one.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};

thread_local! {
    /// A handful at most, one for each backend that this thread has used.
    static VALUES: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

struct Slot {
    owner: Weak<()>,
    value: Box<dyn Any>,
}

/// A place for one value in each thread that uses it.
///
/// The value is taken out for use and put back, so one that broke is simply not put back, and no borrow is held while it
/// is used. Values end with their thread, or when another one is put back after their owner was dropped.
pub(super) struct PerThread<T> {
    /// Its address tells owners apart; a slot's weak reference keeps the address from being used again.
    owner: Arc<()>,
    values: PhantomData<fn() -> T>,
}

impl<T: 'static> PerThread<T> {
    pub(super) fn new() -> Self {
        Self {
            owner: Arc::new(()),
            values: PhantomData,
        }
    }

    /// Takes this thread's value out, for those that one use at a time may have. `None` where there is none yet, it is in
    /// use, or the thread is ending.
    #[cfg(any(test, feature = "datastore"))]
    pub(super) fn take(&self) -> Option<T> {
        let slot = VALUES
            .try_with(|values| {
                let mut values = values.borrow_mut();
                let position = values
                    .iter()
                    .position(|slot| std::ptr::eq(slot.owner.as_ptr(), Arc::as_ptr(&self.owner)))?;
                Some(values.swap_remove(position))
            })
            .ok()??;
        slot.value.downcast().ok().map(|value| *value)
    }

    /// This thread's value, which stays where it is; for those that are shared and cheap to clone.
    #[cfg(any(feature = "memcache", feature = "redis"))]
    pub(super) fn get(&self) -> Option<T>
    where
        T: Clone,
    {
        let get = |values: &RefCell<Vec<Slot>>| {
            let values = values.borrow();
            let slot = values
                .iter()
                .find(|slot| std::ptr::eq(slot.owner.as_ptr(), Arc::as_ptr(&self.owner)))?;
            slot.value.downcast_ref().cloned()
        };
        VALUES.try_with(get).ok()?
    }

    /// Keeps a value for the next use in this thread, in place of one that is there.
    pub(super) fn put(&self, value: T) {
        let slot = Slot {
            owner: Arc::downgrade(&self.owner),
            value: Box::new(value),
        };
        // Dropped after the borrow has ended: the drop of a value may be anything.
        let ended: Result<Vec<Slot>, _> = VALUES.try_with(|values| {
            let mut values = values.borrow_mut();
            let ends = |kept: &mut Slot| kept.owner.strong_count() == 0 || kept.owner.ptr_eq(&slot.owner);
            let ended = values.extract_if(.., ends).collect();
            values.push(slot);
            ended
        });
        // A thread that is ending keeps nothing.
        drop(ended);
    }
}

impl<T> fmt::Debug for PerThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PerThread")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_a_value_of_its_own() {
        let names: PerThread<String> = PerThread::new();
        names.put("here".to_owned());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(names.take(), None);
                names.put("there".to_owned());
                assert_eq!(names.take().as_deref(), Some("there"));
            });
        });
        assert_eq!(names.take().as_deref(), Some("here"));
    }

    #[test]
    fn a_value_that_is_taken_is_gone_until_it_is_put_back() {
        let counts = PerThread::new();
        counts.put(1);
        assert_eq!(counts.take(), Some(1));
        assert_eq!(counts.take(), None);
        counts.put(2);
        counts.put(3);
        assert_eq!(counts.take(), Some(3));
        assert_eq!(counts.take(), None);
    }

    #[cfg(any(feature = "memcache", feature = "redis"))]
    #[test]
    fn a_value_that_is_got_stays() {
        let shared = PerThread::new();
        assert_eq!(shared.get(), None);
        shared.put(Arc::new(1));
        assert_eq!(
            (shared.get(), shared.get()),
            (Some(Arc::new(1)), Some(Arc::new(1)))
        );
    }

    #[test]
    fn owners_do_not_see_each_others_values() {
        let (one, other) = (PerThread::new(), PerThread::new());
        one.put("one");
        other.put("other");
        assert_eq!((one.take(), other.take()), (Some("one"), Some("other")));
    }

    #[test]
    fn the_value_of_a_dropped_owner_ends_at_the_next_use() {
        let kept = Arc::new(());
        let (ended, lives) = (PerThread::new(), PerThread::new());
        ended.put(kept.clone());
        drop(ended);
        lives.put(kept.clone());
        assert_eq!(Arc::strong_count(&kept), 2);
    }
}
