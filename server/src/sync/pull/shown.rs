//! Reads what the keys of a page stand for, as this person may see it.

use super::Sight;
use super::news::Keys;
use crate::error::{Error, Result};
use crate::sync::siblings::Stub;
use chrono::{DateTime, Utc};
use domain::access::Place;
use domain::actor::{Actor, Role};
use domain::card::Card;
use domain::duty::{Duty, Owner};
use domain::entry::{Body, Entry};
use domain::ids::{DutyId, StudentId, UserId, WriterId};
use domain::student::StudentState;
use domain::sync::{FileView, Page, SeenEntry, StudentView};
use sqlx::types::Json;
use sqlx::{PgConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Reads what the keys of a page stand for.
pub(super) struct Hydration<'a> {
    pub tx: &'a mut PgConnection,
    pub actor: &'a Actor,
    pub sight: &'a Sight,
}

impl Hydration<'_> {
    pub(super) async fn files(&mut self, keys: &Keys, page: &mut Page) -> Result<()> {
        let wanted: Vec<Uuid> = keys.touched.union(&keys.students).copied().collect();
        let mut students = self.students(&wanted).await?;
        let mut files: BTreeMap<Uuid, Vec<SeenEntry>> = BTreeMap::new();
        let touched: Vec<Uuid> = keys.touched.iter().copied().collect();
        for (student, seen) in self.entries(&[], &touched).await? {
            files.entry(student).or_default().push(seen);
        }
        for id in &keys.touched {
            match students.remove(id) {
                Some(student) => {
                    let entries = files.remove(id).unwrap_or_default();
                    page.files.push(FileView { student, entries: entries.into() });
                }
                None => page.forget.push(StudentId(*id)),
            }
        }
        page.students = students.into_values().collect();
        let entries: Vec<Uuid> = keys.entries.iter().copied().collect();
        let news = self.entries(&entries, &[]).await?;
        let news = news.into_iter().filter(|(student, _)| !keys.touched.contains(student));
        page.entries = news.map(|(_, seen)| seen).collect();
        Ok(())
    }

    async fn students(&mut self, ids: &[Uuid]) -> Result<BTreeMap<Uuid, StudentView>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = sqlx::query(
            "SELECT id, open, state, initials, siblings, class, grade, school, township,
               CASE WHEN $3 THEN ARRAY(SELECT scope FROM access a
                 WHERE a.county = s.county AND a.student = s.id AND a.named AND NOT a.gone) END AS named
             FROM student s WHERE county = $1 AND id = ANY($2)",
        )
        .bind(self.actor.county.0)
        .bind(ids)
        .bind(!self.sight.apart.is_empty())
        .fetch_all(&mut *self.tx)
        .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("id")?;
                let Json::<StudentState>(state) = row.try_get("state")?;
                let Json::<Vec<Stub>>(siblings) = row.try_get("siblings")?;
                let mut scopes = vec![row.try_get("class")?, row.try_get("grade")?, row.try_get("school")?];
                let open = row.try_get("open")?;
                if open {
                    scopes.extend(row.try_get::<Option<Uuid>, _>("township")?);
                    scopes.push(self.actor.county.0);
                }
                scopes.extend(row.try_get::<Option<Vec<Uuid>>, _>("named")?.unwrap_or_default());
                let place = Place { county: Some(self.actor.county), scopes, open };
                let view = StudentView {
                    id: StudentId(id),
                    state: state.seen_by(self.actor, &place).into(),
                    initials: row.try_get("initials")?,
                    siblings: siblings.into_iter().map(|s| s.seen_from(&self.sight.schools)).collect(),
                };
                Ok((id, view))
            })
            .collect()
    }

    /// Entries by id, or all of some children, in the server's order.
    async fn entries(&mut self, ids: &[Uuid], students: &[Uuid]) -> Result<Vec<(Uuid, SeenEntry)>> {
        let by_id = "SELECT student, author, author_name, received_at, raw FROM entry
             WHERE county = $1 AND id = ANY($2) AND student IS NOT NULL AND raw IS NOT NULL ORDER BY xid, ver";
        let by_student = "SELECT student, author, author_name, received_at, raw FROM entry
             WHERE county = $1 AND student = ANY($2) AND raw IS NOT NULL ORDER BY xid, ver";
        let mut seen = Vec::new();
        for (statement, ids) in [(by_id, ids), (by_student, students)] {
            if ids.is_empty() {
                continue;
            }
            let rows: Vec<(Uuid, Uuid, String, DateTime<Utc>, String)> = sqlx::query_as(statement)
                .bind(self.actor.county.0)
                .bind(ids)
                .fetch_all(&mut *self.tx)
                .await?;
            for (student, author, author_name, received_at, raw) in rows {
                let entry = self.shown(UserId(author), &raw)?;
                seen.push((student, SeenEntry { entry, author: UserId(author), author_name, received_at }));
            }
        }
        Ok(seen)
    }

    /// The entry as others see it. Which phone wrote it and as its how manieth entry is its author's
    /// business: a gap in that row would tell of an entry that others may not know of. What the roster
    /// said stays here.
    fn shown(&self, author: UserId, raw: &str) -> Result<Entry> {
        let mut entry: Entry =
            serde_json::from_str(raw).map_err(|_| Error::Internal("a stored entry cannot be read".into()))?;
        if author != self.actor.user {
            entry.writer = WriterId(Uuid::nil());
            entry.seq = 0;
        }
        if let Body::Enrolment(enrolment) = &mut entry.body {
            enrolment.basics = None;
        }
        Ok(entry)
    }

    pub(super) async fn duties(&mut self, keys: &Keys, page: &mut Page) -> Result<()> {
        if keys.duties.is_empty() {
            return Ok(());
        }
        let (ids, owners): (Vec<_>, Vec<_>) = keys.duties.iter().copied().unzip();
        let rows = sqlx::query(
            "SELECT id, owner, owner_role, student, due_on, reason, gone FROM duty
             WHERE county = $1 AND (id, owner) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))",
        )
        .bind(self.actor.county.0)
        .bind(ids)
        .bind(owners)
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let id = DutyId(row.try_get("id")?);
            if row.try_get("gone")? {
                page.done.push(id);
                continue;
            }
            let scope: Uuid = row.try_get("owner")?;
            let owner = match row.try_get::<Option<&str>, _>("owner_role")? {
                Some(role) => match Role::from_code(role) {
                    Some(role) => Owner::Role { role, scope },
                    None => continue,
                },
                None => Owner::User(UserId(scope)),
            };
            page.duties.push(Duty {
                id,
                owner,
                student: row.try_get::<Option<Uuid>, _>("student")?.map(StudentId),
                due_on: row.try_get("due_on")?,
                reason: row.try_get::<Json<_>, _>("reason")?.0,
            });
        }
        // A duty that passed from one of the person's places to another is still owed.
        page.done.retain(|id| !page.duties.iter().any(|duty| duty.id == *id));
        Ok(())
    }

    pub(super) async fn cards(&mut self, keys: &Keys, page: &mut Page) -> Result<()> {
        if keys.cards.is_empty() {
            return Ok(());
        }
        let (ids, villages): (Vec<_>, Vec<_>) = keys.cards.iter().copied().unzip();
        let rows: Vec<(Uuid, bool, Json<Card>)> = sqlx::query_as(
            "SELECT id, gone, body FROM card
             WHERE county = $1 AND (id, village) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))",
        )
        .bind(self.actor.county.0)
        .bind(ids)
        .bind(villages)
        .fetch_all(&mut *self.tx)
        .await?;
        for (id, gone, Json(card)) in rows {
            if gone { page.cards_gone.push(id) } else { page.cards.push(card) }
        }
        page.cards_gone.retain(|id| !page.cards.iter().any(|card| card.id == *id));
        Ok(())
    }
}
