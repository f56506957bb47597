//! Entries written with one tap, where no form is: once however often it is tapped, and when they could not
//! be kept the screen says so.

use crate::device;
use crate::local::LocalError;
use crate::phone::Phone;
use domain::entry::{Body, Subject};
use domain::ids::StudentId;
use domain::sync::NewEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An entry of its own: of no knock, in no other's place. `label` says whom it is about where it waits.
pub fn entry(subject: Subject, label: String, body: Body) -> NewEntry {
    NewEntry { id: device::new_id().into(), subject, knock: None, supersedes: None, body, label }
}

/// The writing of a row or a sheet. Copy: hand it to every closure.
#[derive(Clone, Copy)]
pub struct Writing {
    phone: Phone,
    under_way: StoredValue<bool>,
    /// Why it was not kept.
    pub failed: RwSignal<Option<LocalError>>,
}

impl Writing {
    /// To be made while what is tapped is built.
    pub fn new(phone: Phone) -> Self {
        Self { phone, under_way: StoredValue::new(false), failed: RwSignal::new(None) }
    }

    /// Writes about a child; see [`Self::write`].
    pub fn about(self, student: StudentId, body: Body, then: impl FnOnce() + 'static) {
        let label = self.phone.replica.with_untracked(|replica| {
            let file = replica.caseload.files.get(&student);
            file.and_then(|f| f.student.state.basics.as_ref()).map(|b| b.name.clone()).unwrap_or_default()
        });
        self.write(vec![entry(Subject::Student(student), label, body)], then);
    }

    /// Writes entries down; `then` follows once they are kept. What was not kept leaves all as it is: it can
    /// be tapped again.
    pub fn write(self, entries: Vec<NewEntry>, then: impl FnOnce() + 'static) {
        if self.under_way.try_update_value(|busy| std::mem::replace(busy, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            let done = self.phone.record(entries, None).await;
            let _ = self.failed.try_set(done.err());
            if done.is_ok() {
                then();
            } else {
                let _ = self.under_way.try_update_value(|busy| *busy = false);
            }
        });
    }
}
