//! A server that holds no owner's key knows whether the database is as this version needs it.

use crate::common::*;
use rstest::rstest;
use server::cluster::LOGIN;
use server::database::{has_shape, migrate};

#[rstest]
#[case::a_migration_is_missing("DELETE FROM _sqlx_migrations WHERE version = 3")]
#[case::a_newer_program_was_here(
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
     VALUES (9999, 'of tomorrow', true, '\\x00', 0)"
)]
#[case::another_program_was_here("UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = 1")]
#[case::a_role_reads_less("DELETE FROM kind_reader WHERE role = 'PRINCIPAL'")]
#[case::a_role_reads_more("UPDATE kind_reader SET level = 'PLACE' WHERE level = 'OPEN'")]
#[case::the_reader_may_not_look("REVOKE SELECT ON _sqlx_migrations FROM qm_reader")]
#[tokio::test]
async fn only_a_database_of_this_version_is_served_without_the_owners_key(#[case] other: &'static str) {
    let app = TestApp::empty().await;
    let login = || (*app.state.database.pool.connect_options()).clone();
    migrate(app.owner(), LOGIN).await.unwrap();
    assert!(has_shape(&login()).await.unwrap());

    app.force(other).await;
    assert!(!has_shape(&login()).await.unwrap());
}
