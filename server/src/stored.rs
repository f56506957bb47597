//! Entries and duties as the database keeps them, and what a reader makes of a row. Phones pull and desks
//! read through the same.

use crate::error::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::actor::Role;
use domain::duty::{Duty, Owner, Reason};
use domain::entry::{Body, Entry};
use domain::ids::{DutyId, StudentId, UserId, WriterId};
use domain::sync::SeenEntry;
use sqlx::types::Json;
use uuid::Uuid;

/// An entry's row.
#[derive(sqlx::FromRow)]
pub(crate) struct StoredEntry {
    raw: Option<String>,
    author: Uuid,
    author_name: String,
    received_at: DateTime<Utc>,
}

impl StoredEntry {
    /// The entry as others see it; `None` once its time is over. Which phone wrote it and as its how
    /// manieth entry is its author's business: a gap in that row would tell of an entry that others may not
    /// know of. What the roster said stays here.
    ///
    /// # Errors
    /// The row holds no entry.
    pub(crate) fn seen_by(self, reader: UserId) -> Result<Option<SeenEntry>> {
        let Some(raw) = self.raw else { return Ok(None) };
        let mut entry: Entry = serde_json::from_str(&raw)
            .map_err(|_| Error::Internal("a stored entry cannot be read".into()))?;
        let author = UserId(self.author);
        if author != reader {
            entry.writer = WriterId(Uuid::nil());
            entry.seq = 0;
        }
        if let Body::Enrolment(enrolment) = &mut entry.body {
            enrolment.basics = None;
        }
        let (author_name, received_at) = (self.author_name, self.received_at);
        Ok(Some(SeenEntry { entry, author, author_name, received_at }))
    }
}

/// A duty's row.
#[derive(sqlx::FromRow)]
pub(crate) struct StoredDuty {
    id: Uuid,
    owner: Uuid,
    owner_role: Option<String>,
    student: Option<Uuid>,
    due_on: NaiveDate,
    reason: Json<Reason>,
}

impl StoredDuty {
    /// What is owed; `None` where it is owed by a role that this version does not know.
    pub(crate) fn duty(self) -> Option<Duty> {
        let owner = match self.owner_role {
            Some(role) => Owner::Role { role: Role::from_code(&role)?, scope: self.owner },
            None => Owner::User(UserId(self.owner)),
        };
        Some(Duty {
            id: DutyId(self.id),
            owner,
            student: self.student.map(StudentId),
            due_on: self.due_on,
            reason: self.reason.0,
        })
    }
}
