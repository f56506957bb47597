//! What the village is asked.

use super::json;
use crate::error::Result;
use crate::sync::follow::Following;
use sqlx::PgConnection;
use uuid::Uuid;

/// Cards of the changed children as the village is asked now, and those gone marked so.
pub(super) async fn follow(tx: &mut PgConnection, county: Uuid, following: &Following) -> Result<()> {
    if following.of.is_empty() {
        return Ok(());
    }
    let cards = &following.cards;
    let bodies = cards.iter().map(json).collect::<Result<Vec<_>>>()?;
    sqlx::query(
        "WITH shown AS (
           SELECT id, village, student, body::json, until
           FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::date[])
             AS n (id, village, student, body, until)
         ), left_out AS (
           UPDATE card c SET gone = true
           WHERE c.county = $1 AND c.student = ANY($2) AND NOT c.gone
             AND (c.id, c.village) NOT IN (SELECT * FROM unnest($3::uuid[], $4::uuid[]))
         )
         INSERT INTO card (county, id, village, student, body, until)
         SELECT $1, shown.* FROM shown
         WHERE (SELECT NOT c.gone AND c.body::text = shown.body::text FROM card c
           WHERE c.county = $1 AND c.id = shown.id AND c.village = shown.village) IS NOT TRUE
         ON CONFLICT (id, village) DO UPDATE SET body = excluded.body, until = excluded.until,
           gone = false",
    )
    .bind(county)
    .bind(following.of.iter().map(|s| s.0).collect::<Vec<_>>())
    .bind(cards.iter().map(|c| c.id).collect::<Vec<_>>())
    .bind(cards.iter().map(|c| c.village.0).collect::<Vec<_>>())
    .bind(cards.iter().map(|c| c.student.0).collect::<Vec<_>>())
    .bind(bodies)
    .bind(cards.iter().map(|c| c.until).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}
