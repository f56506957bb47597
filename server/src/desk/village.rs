//! What the villages are asked and how they answered, as far as this person sees the visits.

use super::Desk;
use super::visits::standing;
use crate::error::Result;
use app::desk::Paged;
use app::desk::village::{Cadre, VillageAsked, Waiting};
use chrono::{DateTime, Utc};
use domain::confirmation::Strength;
use domain::directory::number;
use domain::ids::{EntryId, KnockId, VillageId};
use domain::vocabulary::CadreRole;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct Open {
    village: Uuid,
    knock: Uuid,
    household: String,
    author_name: String,
    started_at: DateTime<Utc>,
    standing: String,
    entries: Vec<Uuid>,
    names: Vec<String>,
}

/// Every village that is asked something or has answered, those that wait longest first. The total is
/// the households that wait.
///
/// # Errors
/// The database does not answer.
pub(super) async fn asked(desk: &Desk) -> Result<Paged<VillageAsked>> {
    let as_of = Utc::now();
    let county = desk.actor.county.0;
    let mut tx = desk.reader().await?;
    let open: Vec<Open> = sqlx::query_as(
        "SELECT v.village, v.knock, min(v.household) AS household, min(v.author_name) AS author_name,
           min(v.started_at) AS started_at, max(v.standing) AS standing,
           array_agg(v.entry ORDER BY s.name) AS entries,
           array_agg(coalesce(s.name, '') ORDER BY s.name) AS names
         FROM visit v LEFT JOIN student s ON s.county = v.county AND s.id = v.student
         WHERE v.county = $1 AND v.standing IN ('WAITING', 'CHANGED_AFTER') AND NOT v.withdrawn
           AND v.superseded_by IS NULL
         GROUP BY v.village, v.knock ORDER BY min(v.started_at), v.knock LIMIT 2000",
    )
    .bind(county)
    .fetch_all(&mut *tx)
    .await?;
    // An answer stands beside the visit of every child of the household: it is counted once.
    let answered: Vec<(Uuid, String, i64)> = sqlx::query_as(
        "SELECT v.village, a ->> 'strength', count(DISTINCT a ->> 'entry')
         FROM visit v JOIN student s ON s.county = v.county AND s.id = v.student
         CROSS JOIN LATERAL jsonb_array_elements(coalesce(s.state -> 'visits', '[]')) line
         CROSS JOIN LATERAL jsonb_array_elements(coalesce(line -> 'answers', '[]')) a
         WHERE v.county = $1 AND NOT v.withdrawn AND v.superseded_by IS NULL
           AND (line ->> 'entry')::uuid = v.entry
         GROUP BY 1, 2",
    )
    .bind(county)
    .fetch_all(&mut *tx)
    .await?;
    let names: Vec<(Uuid, String, String)> =
        sqlx::query_as("SELECT id, name, code FROM village WHERE county = $1")
            .bind(county)
            .fetch_all(&mut *tx)
            .await?;
    let cadres: Vec<(Uuid, String, Option<String>)> = sqlx::query_as(
        "SELECT scope, name, cadre FROM colleague WHERE role = 'CADRE' ORDER BY granted_at, name",
    )
    .fetch_all(&mut *tx)
    .await?;

    let total = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let mut villages: BTreeMap<Uuid, VillageAsked> = BTreeMap::new();
    let of = |id: Uuid| names.iter().find(|(known, ..)| *known == id);
    let named = |id: Uuid| VillageAsked {
        village: VillageId(id),
        name: of(id).map(|(_, name, _)| name.clone()).unwrap_or_default(),
        number: of(id).map(|(_, _, code)| number(code).to_owned()).unwrap_or_default(),
        cadres: cadres
            .iter()
            .filter(|(scope, ..)| *scope == id)
            .map(|(_, name, role)| Cadre {
                name: name.clone(),
                role: role.as_deref().map_or(CadreRole::Other, CadreRole::from_code),
            })
            .collect(),
        waiting: Vec::new(),
        strengths: Vec::new(),
    };
    for (id, code, n) in answered {
        let strength = [Strength::SignedIn, Strength::ByCode, Strength::TeachersPhone, Strength::OnPaper]
            .into_iter()
            .find(|strength| strength.code() == code);
        if let Some(strength) = strength {
            let village = villages.entry(id).or_insert_with(|| named(id));
            village.strengths.push((strength, u32::try_from(n).unwrap_or(u32::MAX)));
        }
    }
    for row in open {
        let village = villages.entry(row.village).or_insert_with(|| named(row.village));
        village.waiting.push(Waiting {
            knock: KnockId(row.knock),
            household: row.household,
            children: row.entries.into_iter().map(EntryId).zip(row.names).collect(),
            author_name: row.author_name,
            started_at: row.started_at,
            standing: standing(&row.standing),
        });
    }
    let mut rows: Vec<VillageAsked> = villages.into_values().collect();
    for village in &mut rows {
        village.strengths.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
    }
    // Nobody waits last: `None` would come first.
    rows.sort_by_key(|v| {
        (v.waiting.first().map_or(DateTime::<Utc>::MAX_UTC, |w| w.started_at), v.name.clone())
    });
    Ok(Paged { rows, total, page: 0, as_of })
}
