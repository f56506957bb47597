//! What HTTP tests stand on: an app of their own on a database of their own, in a Postgres cluster that
//! all tests of this checkout share, and people who come in only through HTTP.
//!
//! ```ignore
//! let app = TestApp::new().await;          // a county with two schools, two villages, every role
//! let teacher = app.sign_in(TEACHER).await;
//! let answer = teacher.post("/api/v1/sync", json!({…})).await;
//! assert_eq!(answer.status, 200, "{answer}");
//! ```
#![allow(dead_code, unreachable_pub, unused_imports)]

mod client;
mod county;
mod log;

pub use client::{Answer, Client};
pub use county::*;
pub use log::Log;

use domain::access::MATRIX;
use server::cluster::{Cluster, LOGIN, OWNER};
use server::database::{self, Database, MIGRATIONS};
use server::http::{AppState, Reached, router};
use server::secret::Secret;
use server::site::Site;
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use std::path::Path;
use std::sync::Arc;

/// The app, with a database that goes when it goes.
pub struct TestApp {
    /// What handlers see.
    pub state: AppState,
    /// Connections of the superuser, who sees past row level security: to look, not to prepare.
    pub superuser: PgPool,
    name: String,
    cluster: Arc<Cluster>,
}

impl TestApp {
    /// On an empty database.
    pub async fn empty() -> Self {
        Self::reached(Reached::default()).await
    }

    /// With the small county of `county`.
    pub async fn new() -> Self {
        let app = Self::empty().await;
        found(&app.state.database).await;
        app
    }

    /// On an empty database, behind a proxy or not.
    pub async fn reached(reached: Reached) -> Self {
        log_beside_failures();
        let cluster = Cluster::for_tests(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let mut postgres =
            PgConnection::connect_with(&cluster.connection("postgres", "postgres")).await.unwrap();
        let template = template(&cluster, &mut postgres).await;
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        execute(&mut postgres, format!("CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")).await;
        postgres.close().await.unwrap();

        let database = Database::connect(cluster.connection(LOGIN, &name), 20).await.unwrap();
        let superuser = PgPoolOptions::new()
            .max_connections(2)
            .connect_with(cluster.connection("postgres", &name))
            .await
            .unwrap();
        let state = AppState {
            database,
            secret: Secret::new([7; 32]),
            site: Arc::new(Site::load(&site()).unwrap()),
            reached,
            directories: Arc::default(),
        };
        Self { state, superuser, name, cluster: Arc::new(cluster) }
    }

    /// A second server beside the first, on the same database.
    pub fn beside(&self) -> Client {
        let state = AppState { directories: Arc::default(), ..self.state.clone() };
        Client::new(router(state))
    }

    /// Somebody nobody knows.
    pub fn anonymous(&self) -> Client {
        Client::new(router(self.state.clone()))
    }

    /// A person of the small county, signed in on a device of their own.
    pub async fn sign_in(&self, phone: &str) -> Client {
        let mut client = self.anonymous();
        let answer = client.sign_in(phone, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer}");
        client
    }

    /// A person of the small county, signed in at a desk.
    #[allow(dead_code)]
    pub async fn sit_down(&self, phone: &str) -> Client {
        let mut client = self.anonymous();
        let answer = client.sit_down(phone, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer}");
        client
    }

    /// How the database's owner connects.
    pub fn owner(&self) -> sqlx::postgres::PgConnectOptions {
        self.cluster.connection(OWNER, &self.name)
    }

    /// One value, as the superuser.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.superuser).await.unwrap()
    }

    /// A change that no role of the server may make, as the superuser.
    pub async fn force(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.superuser).await.unwrap();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let (cluster, name) = (Arc::clone(&self.cluster), self.name.clone());
        let drop = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let options = cluster.connection("postgres", "postgres");
                let mut postgres = PgConnection::connect_with(&options).await.unwrap();
                execute(&mut postgres, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            });
        });
        // While another panic is on its way, one more would hide it.
        let _ = drop.join();
    }
}

/// What the server logs stands beside a test that fails.
fn log_beside_failures() {
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer();
    let _ = log.try_init();
}

/// Until every transaction running now has ended. A pull shows nothing of those that began after the
/// oldest one still running, and other tests share the cluster.
pub async fn horizon_passes(superuser: &PgPool) {
    let until: i64 = sqlx::query_scalar("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        .fetch_one(superuser)
        .await
        .unwrap();
    let horizon = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    while sqlx::query_scalar::<_, i64>(horizon).fetch_one(superuser).await.unwrap() < until {
        tokio::task::yield_now().await;
    }
}

async fn execute(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

/// The migrated database that all others are copies of; made by whoever comes first.
async fn template(cluster: &Cluster, postgres: &mut PgConnection) -> String {
    let mut shape: Vec<u8> = MIGRATIONS.iter().flat_map(|migration| migration.checksum.to_vec()).collect();
    // `migrate` fills in who reads which kind, too.
    shape.extend(format!("{MATRIX:?}").bytes());
    let name = format!("template_{}", uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, &shape).simple());
    execute(postgres, "SELECT pg_advisory_lock(1)".into()).await;
    // What killed tests left behind: it is older than this start of the cluster, whose files say their
    // age in whole seconds.
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT datname FROM pg_database WHERE datname ~ '^(test|template)_'
         AND (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification
               < date_trunc('second', pg_postmaster_start_time())",
    )
    .fetch_all(&mut *postgres)
    .await
    .unwrap();
    for name in left {
        execute(postgres, format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(&name)
        .fetch_one(&mut *postgres)
        .await
        .unwrap();
    if !there {
        cluster.prepare().await.unwrap();
        execute(postgres, "DROP DATABASE IF EXISTS unfinished WITH (FORCE)".into()).await;
        execute(postgres, format!("CREATE DATABASE unfinished OWNER {OWNER}")).await;
        database::migrate(cluster.connection(OWNER, "unfinished"), LOGIN).await.unwrap();
        execute(postgres, format!("ALTER DATABASE unfinished RENAME TO {name}")).await;
    }
    execute(postgres, "SELECT pg_advisory_unlock(1)".into()).await;
    name
}

/// A site as `cargo xtask site` builds it, with nothing in its files.
fn site() -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("site-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    let assets = serde_json::json!({
        "build": "b1", "app.css": "/assets/app.1.css", "boot.js": "/assets/boot.1.js",
        "phone.js": "/assets/phone.1.js", "phone.wasm": "/assets/phone.1.wasm",
        "desk.js": "/assets/desk.1.js", "desk.wasm": "/assets/desk.1.wasm",
        "scan.js": "/assets/scan.1.js", "scan.wasm": "/assets/scan.1.wasm", "theme.js": "/assets/theme.1.js",
    });
    std::fs::write(folder.join("assets.json"), assets.to_string()).unwrap();
    std::fs::write(folder.join("assets/boot.1.js"), "// boot").unwrap();
    std::fs::write(folder.join("assets/boot.1.js.br"), "brotli").unwrap();
    std::fs::write(folder.join("sw.js"), "// worker").unwrap();
    std::fs::write(folder.join("answer.html"), "<main id=\"answer\"></main>").unwrap();
    folder
}
