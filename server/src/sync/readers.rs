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
    let (mut facets, mut roles, mut levels) = (Vec::new(), Vec::new(), Vec::new());
    for (facet, cells) in MATRIX {
        for (role, (read, _)) in Role::ALL.iter().zip(cells) {
            let level = match read {
                Read::No => continue,
                Read::Own => "OWN",
                Read::Open => "OPEN",
                Read::Place => "PLACE",
            };
            facets.push(facet.code());
            roles.push(role.code());
            levels.push(level);
        }
    }
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
