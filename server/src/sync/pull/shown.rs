//! Reads what the keys of a page stand for, as this person may see it.

use super::Sight;
use super::news::Keys;
use crate::error::Result;
use crate::stored::{StoredDuty, StoredEntry};
use crate::sync::siblings::Stub;
use crate::sync::surroundings::covering;
use domain::access::Place;
use domain::actor::Actor;
use domain::card::Card;
use domain::ids::{DutyId, StudentId};
use domain::student::StudentState;
use domain::sync::{FileView, Page, SeenEntry, StudentView};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Reads what the keys of a page stand for.
pub(super) struct Hydration<'a> {
    pub tx: &'a mut PgConnection,
    pub actor: &'a Actor,
    pub sight: &'a Sight,
}

#[derive(sqlx::FromRow)]
struct OfStudent {
    student: Uuid,
    #[sqlx(flatten)]
    entry: StoredEntry,
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
                let mut scopes = covering(row, self.actor.county)?;
                scopes.extend(row.try_get::<Option<Vec<Uuid>>, _>("named")?.unwrap_or_default());
                let place = Place { county: Some(self.actor.county), scopes, open: row.try_get("open")? };
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
            let rows: Vec<OfStudent> = sqlx::query_as(statement)
                .bind(self.actor.county.0)
                .bind(ids)
                .fetch_all(&mut *self.tx)
                .await?;
            for OfStudent { student, entry } in rows {
                seen.extend(entry.seen_by(self.actor.user)?.map(|entry| (student, entry)));
            }
        }
        Ok(seen)
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
            if let Some(duty) = StoredDuty::from_row(&row)?.duty() {
                page.duties.push(duty);
            }
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
