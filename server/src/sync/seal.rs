//! Seals where every chain stands, each day on top of the day before: a chain that somebody wrote anew
//! from its beginning holds in itself, and does not fit the seals.

use crate::error::Result;
use chrono::NaiveDate;
use domain::entry::Hash;
use domain::ids::CountyId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Where one chain stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    writer: Uuid,
    seq: i64,
    head: String,
}

/// SHA-256 over the seal before, the day and where each chain stands.
fn link(before: &[u8], day: NaiveDate, heads: &[Head]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(day.to_string());
    for Head { writer, seq, head } in heads {
        hasher.update(writer.as_bytes());
        hasher.update(seq.to_be_bytes());
        hasher.update(head);
    }
    hasher.finalize().into()
}

/// Seals a day, once.
pub(super) async fn seal(tx: &mut PgConnection, county: CountyId, today: NaiveDate) -> Result<()> {
    let before: Option<(NaiveDate, Vec<u8>)> =
        sqlx::query_as("SELECT sealed_on, link FROM seal WHERE county = $1 ORDER BY sealed_on DESC LIMIT 1")
            .bind(county.0)
            .fetch_optional(&mut *tx)
            .await?;
    if before.as_ref().is_some_and(|(day, _)| *day >= today) {
        return Ok(());
    }
    let heads: Vec<(Uuid, i64, Vec<u8>)> =
        sqlx::query_as("SELECT id, last_seq, chain_head FROM writer WHERE county = $1 ORDER BY id")
            .bind(county.0)
            .fetch_all(&mut *tx)
            .await?;
    let heads: Vec<Head> =
        heads.into_iter().map(|(writer, seq, head)| Head { writer, seq, head: domain::hex(&head) }).collect();
    let before = before.map(|(_, link)| link).unwrap_or_default();
    sqlx::query(
        "INSERT INTO seal (county, sealed_on, heads, link) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(county.0)
    .bind(today)
    .bind(Json(&heads))
    .bind(link(&before, today, &heads).as_slice())
    .execute(tx)
    .await?;
    Ok(())
}

/// Chains that do not stand where a seal saw them: the writer and the seq, or no writer when the seals
/// themselves were changed.
///
/// # Errors
/// The database does not answer.
pub async fn broken(tx: &mut PgConnection, county: CountyId) -> Result<Vec<(Uuid, i64)>> {
    let seals: Vec<(NaiveDate, Json<Vec<Head>>, Vec<u8>)> =
        sqlx::query_as("SELECT sealed_on, heads, link FROM seal WHERE county = $1 ORDER BY sealed_on")
            .bind(county.0)
            .fetch_all(&mut *tx)
            .await?;
    let mut broken = Vec::new();
    let mut before = Vec::new();
    for (day, Json(heads), sealed) in seals {
        if link(&before, day, &heads).as_slice() != sealed {
            broken.push((Uuid::nil(), 0));
        }
        before = sealed;
        let written: Vec<&Head> = heads.iter().filter(|head| head.seq > 0).collect();
        let rows: Vec<(Uuid, i64)> = sqlx::query_as(
            "SELECT h.writer, h.seq FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS h (writer, seq, head)
             LEFT JOIN received r ON r.county = $1 AND r.writer = h.writer AND r.seq = h.seq
             WHERE r.link IS NULL OR encode(r.link, 'hex') <> h.head",
        )
        .bind(county.0)
        .bind(written.iter().map(|h| h.writer).collect::<Vec<_>>())
        .bind(written.iter().map(|h| h.seq).collect::<Vec<_>>())
        .bind(written.iter().map(|h| h.head.as_str()).collect::<Vec<_>>())
        .fetch_all(&mut *tx)
        .await?;
        broken.extend(rows);
    }
    Ok(broken)
}
