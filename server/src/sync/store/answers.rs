//! The village's answers, matched with their visit or waiting for it.

use super::json;
use crate::error::Result;
use crate::sync::batch::Batch;
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) async fn change(tx: &mut PgConnection, batch: &Batch<'_>) -> Result<()> {
    columns! {
        entry: Uuid, village: Uuid, knock: Option<Uuid>, code: Option<String>, author: Uuid, proof: String,
        answer: String, answered_on: chrono::NaiveDate, received_on: chrono::NaiveDate, matched: bool,
        gone: bool,
    }
    let mut c = Columns::default();
    for held in batch.held.iter().filter(|held| held.changed) {
        c.entry.push(held.answer.entry.0);
        c.village.push(held.village.0);
        c.knock.push(held.knock.map(|k| k.0));
        c.code.push(held.code().map(str::to_owned));
        c.author.push(held.author.0);
        c.proof.push(json(&held.proof)?);
        c.answer.push(json(&held.answer)?);
        c.answered_on.push(held.answered_on);
        c.received_on.push(held.received_on);
        c.matched.push(held.matched);
        c.gone.push(held.gone);
    }
    if c.entry.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO village_answer (county, entry, village, knock, code, author, proof, answer, answered_on,
           received_on, matched, gone)
         SELECT $1, entry, village, knock, code, author, proof::jsonb, answer::jsonb, answered_on,
           received_on, matched, gone
         FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[],
           $9::date[], $10::date[], $11::bool[], $12::bool[])
           AS n (entry, village, knock, code, author, proof, answer, answered_on, received_on, matched, gone)
         ON CONFLICT (entry) DO UPDATE SET knock = excluded.knock, answer = excluded.answer,
           matched = excluded.matched, gone = excluded.gone",
    )
    .bind(batch.around.county.0)
    .bind(c.entry)
    .bind(c.village)
    .bind(c.knock)
    .bind(c.code)
    .bind(c.author)
    .bind(c.proof)
    .bind(c.answer)
    .bind(c.answered_on)
    .bind(c.received_on)
    .bind(c.matched)
    .bind(c.gone)
    .execute(tx)
    .await?;
    Ok(())
}
