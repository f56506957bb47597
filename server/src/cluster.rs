//! A Postgres cluster of the server's own, from the system's programs, on a unix socket in a data folder:
//! for everybody who has no Postgres to name by `DATABASE_URL`. It ends with the process that began it,
//! also when that one was killed; whatever a killed one left behind is ended before the next start.
//!
//! ```text
//! DIR/lock           held by the process that runs the cluster; its number is inside
//! DIR/secret         see `secret`
//! DIR/postgres/      Postgres' own files
//! DIR/run/           the socket, open to nobody else
//! DIR/postgres.log   since the last start; postgres.log.1 is the one before
//! ```

mod account;
mod postmaster;

use crate::error::{Error, Result};
use account::RunAs;
use postmaster::Postmaster;
use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The database within the cluster.
pub const DATABASE: &str = "qiaomen";
/// Owns the database and shapes it.
pub const OWNER: &str = "qm_owner";
/// What the server signs in as: owns nothing.
pub const LOGIN: &str = "qm_app";

/// Debian keeps each version's programs in a folder of its own here.
const PROGRAMS: &str = "/usr/lib/postgresql";

/// The length of a socket's path is limited by the kernel: `sun_path` holds 108 bytes.
const LONGEST_SOCKET_PATH: usize = 107;

const START: Duration = Duration::from_secs(60);
const END: Duration = Duration::from_secs(30);

/// A running cluster. Ends when dropped, if this process began it.
#[derive(Debug)]
pub struct Cluster {
    data: PathBuf,
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    child: Child,
    _lock: File,
}

/// How the cluster is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// For a server: durable, ends with this process.
    Serve,
    /// For tests: not durable, goes on after this process for those that come next.
    Test,
}

impl Cluster {
    /// Begins the cluster in a folder, which is made if there is none.
    ///
    /// # Errors
    /// Another process runs it, Postgres is not installed, or does not start: the sentence says what to do.
    pub fn begin(data: &Path) -> Result<Self> {
        let data = folder(data)?;
        let Some(lock) = lock(&data)? else {
            let by = fs::read_to_string(data.join("lock")).unwrap_or_default();
            return Err(failed(format!("{} is in use by process {}", data.display(), by.trim())));
        };
        Self::begin_holding(data, lock, Way::Serve)
    }

    /// Begins the cluster, or joins the one that a running server has in this folder.
    ///
    /// # Errors
    /// As `begin`.
    pub fn begin_or_join(data: &Path) -> Result<Self> {
        let data = folder(data)?;
        match lock(&data)? {
            Some(lock) => Self::begin_holding(data, lock, Way::Serve),
            None => {
                let cluster = Self { data, begun: None };
                wait(START, || Ok(cluster.postmaster().is_some_and(|p| p.is_ready())))
                    .map_err(|_| failed(format!("{}: its server does not answer", cluster.data.display())))?;
                Ok(cluster)
            }
        }
    }

    /// The cluster of all tests of a checkout: begun by whoever comes first, left running for the next
    /// ones, ended by `end_for_tests`.
    ///
    /// # Errors
    /// As `begin`.
    pub fn for_tests(checkout: &Path) -> Result<Self> {
        let data = folder(&folder_for_tests(checkout))?;
        let lock = open_lock(&data)?;
        lock.lock().map_err(at(&data))?;
        let running = Self { data, begun: None };
        if running.postmaster().is_some_and(|p| p.is_ready()) {
            return Ok(running);
        }
        let mut begun = Self::begin_holding(running.data.clone(), lock, Way::Test)?;
        // It goes on, and nobody waits for it.
        begun.begun = None;
        Ok(begun)
    }

    /// Ends the cluster of the tests, if it runs.
    ///
    /// # Errors
    /// It cannot be ended.
    pub fn end_for_tests(checkout: &Path) -> Result<()> {
        let running = Postmaster::of(&folder_for_tests(checkout).join("postgres"));
        running.map_or(Ok(()), |postmaster| postmaster.end())
    }

    fn begin_holding(data: PathBuf, lock: File, way: Way) -> Result<Self> {
        let run_as = RunAs::find()?;
        run_as.must_reach(&data)?;
        let postgres = data.join("postgres");
        if let Some(orphan) = Postmaster::of(&postgres) {
            tracing::info!("ending the Postgres that a killed server left behind");
            orphan.end()?;
        }
        postmaster::end_workers(&postgres)?;
        // Without its process the file only misleads: a number may belong to somebody else by now.
        remove_if_there(&postgres.join("postmaster.pid"))?;
        let programs = programs(&postgres)?;
        if !postgres.exists() {
            create(&data, &programs, &run_as, way)?;
        }
        let child = start(&data, &programs, &run_as, way)?;
        let mut cluster = Self { data, begun: Some(Begun { child, _lock: lock }) };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    fn postmaster(&self) -> Option<Postmaster> {
        Postmaster::of(&self.data.join("postgres"))
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        wait(START, || match self.ended() {
            true => Err(()),
            false => Ok(self.postmaster().is_some_and(|p| p.is_ready())),
        })
        .map_err(|()| {
            let log = fs::read_to_string(self.data.join("postgres.log")).unwrap_or_default();
            failed(format!("Postgres does not start in {}:\n{}", self.data.display(), log.trim_end()))
        })
    }

    /// Whether the cluster that this process began has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.begun.as_mut().is_some_and(|begun| !matches!(begun.child.try_wait(), Ok(None)))
    }

    /// How to connect.
    pub fn connection(&self, role: &str, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.data.join("run"))
            .port(5432)
            .username(role)
            .database(database)
    }

    /// The folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Makes the owner, the login role and the database, where they lack.
    ///
    /// # Errors
    /// The cluster does not answer.
    pub async fn prepare(&self) -> Result<()> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(self.connection("postgres", "postgres"))
            .await?;
        let roles = "DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'qm_owner') THEN
              CREATE ROLE qm_owner LOGIN CREATEROLE CREATEDB;
            END IF;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'qm_app') THEN
              CREATE ROLE qm_app LOGIN NOINHERIT;
            END IF;
          END $$";
        sqlx::raw_sql(roles).execute(&pool).await?;
        let there: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'qiaomen')")
                .fetch_one(&pool)
                .await?;
        if !there {
            sqlx::raw_sql("CREATE DATABASE qiaomen OWNER qm_owner").execute(&pool).await?;
        }
        pool.close().await;
        Ok(())
    }

    /// Ends it: lets no more in, breaks what runs, writes all down.
    ///
    /// # Errors
    /// It does not end.
    pub fn end(mut self) -> Result<()> {
        self.end_now()
    }

    fn end_now(&mut self) -> Result<()> {
        let Some(mut begun) = self.begun.take() else { return Ok(()) };
        let Some(postmaster) = Postmaster::of_child(&begun.child) else { return Ok(()) };
        postmaster.end_by(|| Ok(!matches!(begun.child.try_wait(), Ok(None))))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Whoever wants to know calls `end`.
        let _ = self.end_now();
    }
}

fn failed(sentence: impl Into<String>) -> Error {
    Error::Internal(sentence.into())
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    move |error| failed(format!("{}: {error}", path.display()))
}

/// The folder, made if need be, with its real path: Postgres knows itself by that.
fn folder(data: &Path) -> Result<PathBuf> {
    fs::create_dir_all(data).map_err(at(data))?;
    let data = data.canonicalize().map_err(at(data))?;
    let socket = data.join("run/.s.PGSQL.5432");
    if socket.as_os_str().len() > LONGEST_SOCKET_PATH {
        return Err(failed(format!(
            "{}: the path is too long for a socket; choose a shorter one with --data",
            data.display()
        )));
    }
    Ok(data)
}

/// Below the system's folder for such things: the checkout may lie where Postgres cannot reach.
fn folder_for_tests(checkout: &Path) -> PathBuf {
    let hash = Sha256::digest(checkout.as_os_str().as_encoded_bytes());
    let short: String = domain::hex(&hash).chars().take(8).collect();
    std::env::temp_dir().join(format!("qiaomen-test-cluster-{short}"))
}

fn open_lock(data: &Path) -> Result<File> {
    let path = data.join("lock");
    File::options().create(true).truncate(false).read(true).write(true).open(&path).map_err(at(&path))
}

/// The lock, or `None` if another process has it. It goes with its process, however that ends.
fn lock(data: &Path) -> Result<Option<File>> {
    let mut file = open_lock(data)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(at(&data.join("lock"))(error)),
    }
    let note = format!("{}\n", std::process::id());
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(note.as_bytes()))
        .map_err(at(&data.join("lock")))?;
    Ok(Some(file))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// The programs of the version that made the files, else of the newest there is.
fn programs(postgres: &Path) -> Result<PathBuf> {
    let made_by = fs::read_to_string(postgres.join("PG_VERSION")).ok();
    let version = match made_by {
        Some(version) => version.trim().to_owned(),
        None => fs::read_dir(PROGRAMS)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
            .max()
            .map(|newest| newest.to_string())
            .unwrap_or_default(),
    };
    let programs = Path::new(PROGRAMS).join(&version).join("bin");
    if programs.join("postgres").exists() {
        return Ok(programs);
    }
    Err(failed(format!(
        "Postgres {version} is not in {PROGRAMS}: install it (apt-get install postgresql-15), \
         or name a database with DATABASE_URL"
    )))
}

/// A new cluster, made aside and then moved into place: half a one is never there.
fn create(data: &Path, programs: &Path, run_as: &RunAs, way: Way) -> Result<()> {
    let aside = data.join("postgres.new");
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(at(&aside))?;
    }
    run_as.make_folder(&aside)?;
    let mut initdb = run_as.command(&programs.join("initdb"));
    initdb
        .args(["--username", "postgres", "--auth-local", "trust", "--auth-host", "reject"])
        .args(["--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums", "--pgdata"])
        .arg(&aside);
    if way == Way::Test {
        initdb.arg("--no-sync");
    }
    let output = initdb.current_dir("/").output().map_err(at(programs))?;
    if !output.status.success() {
        return Err(failed(format!("initdb: {}", String::from_utf8_lossy(&output.stderr).trim_end())));
    }
    let place = data.join("postgres");
    fs::rename(&aside, &place).map_err(at(&place))
}

fn start(data: &Path, programs: &Path, run_as: &RunAs, way: Way) -> Result<Child> {
    let run = data.join("run");
    if !run.exists() {
        run_as.make_folder(&run)?;
    }
    let log = data.join("postgres.log");
    if log.exists() {
        fs::rename(&log, data.join("postgres.log.1")).map_err(at(&log))?;
    }
    let log_file = File::create(&log).map_err(at(&log))?;
    fs::set_permissions(&log, Permissions::from_mode(0o600)).map_err(at(&log))?;

    let mut postgres = match way {
        Way::Serve => run_as.command_that_ends_with_us(&programs.join("postgres")),
        Way::Test => run_as.command_that_goes_on(&programs.join("postgres")),
    };
    postgres.arg("-D").arg(data.join("postgres")).arg("-k").arg(&run).args(["-p", "5432"]);
    let settings: &[&str] = &[
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "jit=off",
        "log_timezone=UTC",
        "timezone=UTC",
        // What fails is logged by the server, without values; here they would be written out.
        "log_min_messages=log",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
    ];
    // Room for a county's files; and lz4, which takes a fifth of the time that Postgres' own takes.
    let of_a_server: &[&str] =
        &["shared_buffers=256MB", "default_toast_compression=lz4", "wal_compression=lz4"];
    let of_tests: &[&str] =
        &["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"];
    for setting in settings.iter().chain(if way == Way::Test { of_tests } else { of_a_server }) {
        postgres.args(["-c", setting]);
    }
    // A group of its own: Ctrl-C is for us first, who then end it in order.
    postgres.process_group(0).current_dir("/").stdin(Stdio::null());
    postgres.stdout(log_file.try_clone().map_err(at(&log))?).stderr(log_file);
    postgres.spawn().map_err(at(programs))
}

/// Looks again until it is so. `Err` when it cannot become so, or takes too long.
fn wait(at_most: Duration, mut is_so: impl FnMut() -> Result<bool, ()>) -> Result<(), ()> {
    let begun = Instant::now();
    while begun.elapsed() < at_most {
        if is_so()? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(15));
    }
    Err(())
}

/// The first `n` lines of a small file.
fn lines(path: &Path) -> Vec<String> {
    let mut text = String::new();
    match File::open(path).and_then(|file| file.take(4096).read_to_string(&mut text)) {
        Ok(_) => text.lines().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lock_is_held_once_and_goes_with_its_holder() {
        let folder = std::env::temp_dir().join(format!("qiaomen-lock-{}", uuid::Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let held = lock(&folder).unwrap().unwrap();
        assert!(lock(&folder).unwrap().is_none());
        drop(held);
        assert!(lock(&folder).unwrap().is_some());
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_said() {
        let folder = std::env::temp_dir().join("qiaomen".repeat(20));
        let said = super::folder(&folder).unwrap_err().to_string();
        assert!(said.contains("--data"), "{said}");
        fs::remove_dir_all(folder).unwrap();
    }
}
