//! Fills the rows behind row level security from the matrix of `domain::access`, so that what the
//! database shows and what `may_read` says are one table.

use crate::error::Result;
use domain::access::{MATRIX, Read};
use domain::actor::Role;
use sqlx::PgConnection;

/// Makes `kind_reader` say what the matrix says. As the database's owner, after migrating.
///
/// # Errors
/// The database does not answer.
pub async fn fill(owner: &mut PgConnection) -> Result<()> {
    let Rows { facets, roles, levels } = Rows::of_matrix();
    sqlx::query(
        "WITH matrix AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS m (facet, role, level)),
           gone AS (DELETE FROM kind_reader k
             WHERE NOT EXISTS (SELECT FROM matrix m WHERE m.facet = k.facet AND m.role = k.role))
         INSERT INTO kind_reader AS k SELECT * FROM matrix
         ON CONFLICT (facet, role) DO UPDATE SET level = excluded.level WHERE k.level <> excluded.level",
    )
    .bind(facets)
    .bind(roles)
    .bind(levels)
    .execute(owner)
    .await?;
    Ok(())
}

/// Whether `kind_reader` says what the matrix says.
///
/// # Errors
/// The database does not answer, or has no such table.
pub async fn are_filled(reader: &mut PgConnection) -> sqlx::Result<bool> {
    let Rows { facets, roles, levels } = Rows::of_matrix();
    sqlx::query_scalar(
        "WITH matrix AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS m (facet, role, level)),
           known AS (SELECT facet, role, level FROM kind_reader)
         SELECT NOT EXISTS (TABLE matrix EXCEPT TABLE known) AND NOT EXISTS (TABLE known EXCEPT TABLE matrix)",
    )
    .bind(facets)
    .bind(roles)
    .bind(levels)
    .fetch_one(reader)
    .await
}

/// The matrix as rows, column by column.
#[derive(Default)]
struct Rows {
    facets: Vec<&'static str>,
    roles: Vec<&'static str>,
    levels: Vec<&'static str>,
}

impl Rows {
    fn of_matrix() -> Self {
        let mut rows = Self::default();
        for (facet, cells) in MATRIX {
            for (role, (read, _)) in Role::ALL.iter().zip(cells) {
                let level = match read {
                    Read::No => continue,
                    Read::Own => "OWN",
                    Read::Open => "OPEN",
                    Read::Place => "PLACE",
                };
                rows.facets.push(facet.code());
                rows.roles.push(role.code());
                rows.levels.push(level);
            }
        }
        rows
    }
}
