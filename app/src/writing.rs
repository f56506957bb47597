//! One entry written from a row, where no form is: once however often it is tapped, and when it could not
//! be kept the row says so.

use crate::device;
use crate::local::LocalError;
use crate::phone::Phone;
use domain::entry::{Body, Subject};
use domain::ids::StudentId;
use domain::sync::NewEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The writing of a row. Copy: hand it to every closure.
#[derive(Clone, Copy)]
pub struct Writing {
    phone: Phone,
    under_way: StoredValue<bool>,
    /// Why it was not kept.
    pub failed: RwSignal<Option<LocalError>>,
}

impl Writing {
    /// To be made while a page is built.
    pub fn new(phone: Phone) -> Self {
        Self { phone, under_way: StoredValue::new(false), failed: RwSignal::new(None) }
    }

    /// Writes about a child; `then` follows once it is kept. What was not kept leaves the row where it is:
    /// it can be tapped again.
    pub fn write(self, student: StudentId, body: Body, then: impl FnOnce() + 'static) {
        if self.under_way.try_update_value(|busy| std::mem::replace(busy, true)) != Some(false) {
            return;
        }
        let label = self.phone.replica.with_untracked(|replica| {
            let file = replica.caseload.files.get(&student);
            file.and_then(|f| f.student.state.basics.as_ref()).map(|b| b.name.clone()).unwrap_or_default()
        });
        let entry = NewEntry {
            id: device::new_id().into(),
            subject: Subject::Student(student),
            knock: None,
            supersedes: None,
            body,
            label,
        };
        spawn_local(async move {
            let done = self.phone.record(vec![entry], None).await;
            let _ = self.failed.try_set(done.err());
            if done.is_ok() {
                then();
            } else {
                let _ = self.under_way.try_update_value(|busy| *busy = false);
            }
        });
    }
}
