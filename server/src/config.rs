//! Where things are: flags, each of which is also an environment variable, and what they open.

use crate::cluster::{self, Cluster};
use crate::database::{self, Database};
use crate::error::{Error, Result};
use crate::secret::Secret;
use clap::Args;
use sqlx::postgres::PgConnectOptions;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Which database, and the secret beside it.
#[derive(Args, Clone, Debug, Default)]
pub struct Where {
    /// Folder for a Postgres of the server's own, its secret and its log
    ///
    /// Used when no --database-url is given; made if it does not exist. Without either:
    /// /var/lib/qiaomen as root, else $XDG_DATA_HOME/qiaomen or ~/.local/share/qiaomen.
    #[arg(long, global = true, env = "QIAOMEN_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// A Postgres 15 or later to use instead: postgres://user@host/database
    ///
    /// Give the server a login role that owns nothing, and name the owner in --owner-url.
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// The same database as its owner, who may CREATE ROLE; brings it to this version's shape, nothing else
    ///
    /// Every verb begins with that. Without it a database that has its shape already will do: name it for
    /// `qiaomen migrate`, and serve without it.
    #[arg(long, global = true, env = "QIAOMEN_OWNER_URL", value_name = "URL", hide_env_values = true)]
    pub owner_url: Option<String>,

    /// File with the server's secret; made if it does not exist. Back it up apart from the database
    ///
    /// Without it: the file `secret` in --data.
    #[arg(long, global = true, env = "QIAOMEN_SECRET_FILE", value_name = "FILE")]
    pub secret_file: Option<PathBuf>,

    /// Connections to the database
    #[arg(
        long,
        global = true,
        env = "QIAOMEN_CONNECTIONS",
        value_name = "N",
        default_value_t = 20,
        hide = true
    )]
    pub connections: u32,
}

/// What is logged, to standard error. No line has a person in it.
#[derive(Args, Clone, Debug)]
pub struct Log {
    /// How much is logged: error, warn, info, debug, or by part as in `info,sqlx=warn`
    #[arg(long, global = true, env = "QIAOMEN_LOG", value_name = "LEVEL", default_value = "info,sqlx=warn")]
    pub log: String,

    /// In what form: lines for people, or one JSON object a line
    #[arg(long, global = true, env = "QIAOMEN_LOG_FORMAT", value_name = "FORM", default_value = "text")]
    pub log_format: LogFormat,
}

/// The form of a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// How to serve.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// Which database.
    #[command(flatten)]
    pub place: Where,

    /// Address to listen on; port 0 takes any that is free
    #[arg(long, env = "QIAOMEN_ADDR", value_name = "ADDR:PORT", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// Folder of the built site
    #[arg(long, env = "QIAOMEN_SITE", value_name = "DIR", default_value = "target/site")]
    pub site: PathBuf,

    /// Fills the database with an invented school first, if it is empty
    #[arg(long, env = "QIAOMEN_DEMO", value_name = "SIZE", num_args = 0..=1, default_missing_value = "school")]
    pub demo: Option<crate::demo::Size>,

    /// People reach this server over https: strict cookies and HSTS
    #[arg(long, env = "QIAOMEN_TLS")]
    pub tls: bool,

    /// A proxy of ours stands in front: believe its X-Forwarded-For and X-Forwarded-Proto
    #[arg(long, env = "QIAOMEN_TRUST_PROXY")]
    pub trust_proxy: bool,
}

/// An open database with its secret, and the cluster below it if that is ours.
#[derive(Debug)]
pub struct Opened {
    /// Postgres.
    pub database: Database,
    /// The server's secret.
    pub secret: Secret,
    /// How the database's owner connects, for what no role of the server may.
    pub owner: PgConnectOptions,
    cluster: Option<Cluster>,
}

impl Where {
    /// The cluster in the data folder, begun; `None` when a database is named. Call it on the main
    /// thread: the cluster ends with the thread that began it.
    ///
    /// # Errors
    /// It cannot be begun: the sentence says what to do.
    pub fn begin_cluster(&self, alone: bool) -> Result<Option<Cluster>> {
        if self.database_url.is_some() {
            return Ok(None);
        }
        let data = self.data_folder()?;
        let begin = if alone { Cluster::begin } else { Cluster::begin_or_join };
        begin(&data).map(Some)
    }

    fn data_folder(&self) -> Result<PathBuf> {
        if let Some(data) = &self.data {
            return Ok(data.clone());
        }
        if rustix::process::geteuid().is_root() {
            return Ok("/var/lib/qiaomen".into());
        }
        let homes = [("XDG_DATA_HOME", "qiaomen"), ("HOME", ".local/share/qiaomen")];
        homes
            .into_iter()
            .find_map(|(name, below)| Some(PathBuf::from(std::env::var_os(name)?).join(below)))
            .ok_or_else(|| Error::Internal("no home folder: name one with --data".into()))
    }

    /// Connects, and brings the database to this version's shape where it has another.
    ///
    /// # Errors
    /// The database does not answer, or has a shape of another program.
    pub async fn open(&self, cluster: Option<Cluster>) -> Result<Opened> {
        let (owner, login) = match (&cluster, &self.database_url) {
            (Some(cluster), _) => {
                cluster.prepare().await?;
                let connection = |role| cluster.connection(role, cluster::DATABASE);
                (connection(cluster::OWNER), connection(cluster::LOGIN))
            }
            (None, Some(url)) => {
                (self.owner_url.as_ref().unwrap_or(url).parse()?, url.parse::<PgConnectOptions>()?)
            }
            (None, None) => return Err(Error::Internal("no database is named".into())),
        };
        // Who holds no owner's key can still serve a database that has its shape.
        let alone = cluster.is_none() && self.owner_url.is_none();
        if !(alone && database::has_shape(&login).await?) {
            let name = login.get_username();
            let missing = |error| match alone {
                true => Error::Internal(format!(
                    "{error}; {name} may not give the database this version's shape: run `qiaomen migrate` \
                     first, with --owner-url"
                )),
                false => error,
            };
            database::migrate(owner.clone(), name).await.map_err(missing)?;
        }
        Ok(Opened {
            database: Database::connect(login, self.connections).await?,
            secret: self.secret(cluster.as_ref())?,
            owner,
            cluster,
        })
    }

    fn secret(&self, cluster: Option<&Cluster>) -> Result<Secret> {
        let in_data = || Some(cluster?.data().join("secret"));
        let path =
            self.secret_file.clone().or_else(in_data).or_else(|| Some(self.data.as_ref()?.join("secret")));
        let path = path.ok_or_else(|| {
            Error::Internal("with a database of its own, the server needs --secret-file (or --data)".into())
        })?;
        Secret::in_file(&path)
    }
}

impl Opened {
    /// Closes connections, then the cluster.
    ///
    /// # Errors
    /// The cluster does not end.
    pub async fn close(self) -> Result<()> {
        self.database.pool.close().await;
        self.cluster.map_or(Ok(()), Cluster::end)
    }

    /// Whether the cluster ended by itself.
    pub fn cluster_ended(&mut self) -> bool {
        self.cluster.as_mut().is_some_and(Cluster::ended)
    }
}
