//! What is owed: duties that follow from where children stand, and those that a decision ends.

use super::json;
use crate::error::Result;
use crate::sync::batch::Batch;
use crate::sync::follow::Following;
use domain::duty::{Duty, Owner};
use domain::ids::StudentId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Duties that ended by a decision of the office.
pub(super) async fn are_settled(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    if batch.new.settled.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "UPDATE duty SET gone = true WHERE county = $1 AND id = ANY($2) AND NOT derived AND NOT gone",
    )
    .bind(batch.around.county.0)
    .bind(batch.new.settled.iter().map(|id| id.0).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// Duties that follow from an entry and from no child's standing.
pub(super) async fn arise(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    owed(tx, batch.around.county.0, &[], &batch.new.duties, false).await
}

/// Duties of these children as they are owed now, and those no longer owed marked gone.
pub(super) async fn follow(tx: &mut PgConnection, county: Uuid, following: &Following) -> Result<()> {
    owed(tx, county, &following.of, &following.duties, true).await
}

async fn owed(
    tx: &mut PgConnection,
    county: Uuid,
    of: &[StudentId],
    duties: &[Duty],
    derived: bool,
) -> Result<()> {
    if of.is_empty() && duties.is_empty() {
        return Ok(());
    }
    columns! {
        id: Uuid, owner: Uuid, owner_role: Option<&'static str>, student: Option<Uuid>,
        reason_kind: &'static str, due_on: chrono::NaiveDate, reason: String,
    }
    let mut c = Columns::default();
    for duty in duties {
        let (owner, role) = match duty.owner {
            Owner::User(user) => (user.0, None),
            Owner::Role { role, scope } => (scope, Some(role.code())),
        };
        c.id.push(duty.id.0);
        c.owner.push(owner);
        c.owner_role.push(role);
        c.student.push(duty.student.map(|s| s.0));
        c.reason_kind.push(duty.reason.code());
        c.due_on.push(duty.due_on);
        c.reason.push(json(&duty.reason)?);
    }
    sqlx::query(
        "WITH owed AS (
           SELECT id, owner, owner_role, student, reason_kind, due_on, reason::json
           FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::date[], $10::text[])
             AS n (id, owner, owner_role, student, reason_kind, due_on, reason)
         ), done AS (
           UPDATE duty d SET gone = true
           WHERE d.county = $1 AND d.student = ANY($2) AND d.derived AND NOT d.gone
             AND (d.id, d.owner) NOT IN (SELECT * FROM unnest($4::uuid[], $5::uuid[]))
         )
         INSERT INTO duty (county, derived, id, owner, owner_role, student, reason_kind, due_on, reason)
         SELECT $1, $3, owed.* FROM owed
         WHERE (SELECT NOT d.gone AND d.due_on = owed.due_on AND d.reason::text = owed.reason::text
           FROM duty d
           WHERE d.county = $1 AND d.id = owed.id AND d.owner = owed.owner) IS NOT TRUE
         ON CONFLICT (id, owner) DO UPDATE SET due_on = excluded.due_on, reason = excluded.reason,
           owner_role = excluded.owner_role, gone = false",
    )
    .bind(county)
    .bind(of.iter().map(|s| s.0).collect::<Vec<_>>())
    .bind(derived)
    .bind(c.id)
    .bind(c.owner)
    .bind(c.owner_role)
    .bind(c.student)
    .bind(c.reason_kind)
    .bind(c.due_on)
    .bind(c.reason)
    .execute(tx)
    .await?;
    Ok(())
}
