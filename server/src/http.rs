//! The router and the serving of it. What lies around every request is `around`; what is asked and
//! answered is each noun's own module.

mod around;
mod json;

pub use json::Json;

use crate::config::{Log, LogFormat, Opened, Serve};
use crate::database::Database;
use crate::demo;
use crate::directory::Directories;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::site::{self, Site};
use crate::{answer, desk, login, sync};
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::middleware;
use axum::routing::get;
use std::convert::Infallible;
use std::io::{IsTerminal as _, Write as _};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// What every handler may use. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    /// Postgres.
    pub database: Database,
    /// The server's secret.
    pub secret: Secret,
    /// The built site.
    pub site: Arc<Site>,
    /// How people reach this server.
    pub reached: Reached,
    /// What each person's phone has of the directory.
    pub directories: Arc<Directories>,
}

/// How people reach this server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    /// Over https, by a proxy or not.
    pub tls: bool,
    /// Through a proxy of ours, whose X-Forwarded-* headers are true.
    pub by_proxy: bool,
}

/// A request is one short transaction; photos travel in pieces.
const BODY_LIMIT: usize = 2 << 20;

/// How long requests under way may take once the server is to end.
const LAST_REQUESTS: Duration = Duration::from_secs(8);

/// Everything the server answers.
pub fn router(state: AppState) -> Router {
    let api = Router::new().merge(login::router()).merge(sync::router()).merge(answer::router());
    Router::new()
        .nest("/api/v1", api)
        .nest("/api/v1/desk", login::desk_router())
        .merge(desk::router())
        .route("/healthz", get(healthz))
        .merge(site::router(&state.site))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(around::panicked))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), around::around))
        .with_state(state)
}

async fn healthz(State(state): State<AppState>) -> Result<&'static str> {
    state.database.answers().await?;
    Ok("ok\n")
}

/// The address of who asks, or of the nearest that can be known. Of an IPv6 one the network: its other half
/// is the asker's to choose, so limits on the whole would be none.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub IpAddr);

impl FromRequestParts<AppState> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let said =
            || parts.headers.get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok();
        let told = if state.reached.by_proxy { said() } else { None };
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(at)| at.ip());
        Ok(Self(told.or_else(peer).map_or(IpAddr::from([0, 0, 0, 0]), network)))
    }
}

/// What one subscriber is given: an IPv4 address, or a /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Whether the person's browser speaks https with us, or with the proxy in front of us.
#[derive(Clone, Copy, Debug)]
pub struct IsHttps(pub bool);

impl IsHttps {
    /// Of this request.
    pub fn of(parts: &Parts, state: &AppState) -> Self {
        let said = || parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        Self(state.reached.tls || state.reached.by_proxy && said())
    }
}

impl FromRequestParts<AppState> for IsHttps {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}

/// Serves until asked to end (Ctrl-C, SIGTERM), lets requests under way finish, and returns.
///
/// # Errors
/// The address is taken, there is no site, or the database ended by itself.
pub async fn serve(serve: Serve, opened: &mut Opened) -> Result<()> {
    if let Some(size) = serve.demo {
        demo::run(opened, size).await?;
    }
    let state = AppState {
        database: opened.database.clone(),
        secret: opened.secret.clone(),
        site: Arc::new(Site::load(&serve.site)?),
        reached: Reached { tls: serve.tls, by_proxy: serve.trust_proxy },
        directories: Arc::default(),
    };
    let taken = |e| Error::Internal(format!("{}: {e}", serve.addr));
    let listener = TcpListener::bind(serve.addr).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let (mut interrupt, mut terminate) = (asked(SignalKind::interrupt())?, asked(SignalKind::terminate())?);

    let (end, ended) = tokio::sync::watch::channel(false);
    let until_ended = move || {
        let mut ended = ended.clone();
        async move {
            // Its sender only goes when the server has.
            let _ = ended.wait_for(|end| *end).await;
        }
    };
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let mut serving =
        tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(until_ended()).into_future());
    announce(address, &demo::accounts(opened).await?);
    let nightly = tokio::spawn(sync::nightly::every_night(opened.database.clone()));

    let result = tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        () = cluster_ends(opened) => Err(Error::Internal("Postgres ended by itself; see postgres.log".into())),
    };
    tracing::info!("ending");
    nightly.abort();
    // Nobody listening any more is what is wanted.
    let _ = end.send(true);
    tokio::select! {
        _ = &mut serving => {}
        () = tokio::time::sleep(LAST_REQUESTS) => serving.abort(),
        _ = interrupt.recv() => serving.abort(),
    }
    result
}

fn asked(kind: SignalKind) -> Result<tokio::signal::unix::Signal> {
    signal(kind).map_err(|e| Error::Internal(e.to_string()))
}

async fn cluster_ends(opened: &mut Opened) {
    let mut every_second = tokio::time::interval(Duration::from_secs(1));
    while !opened.cluster_ended() {
        every_second.tick().await;
    }
}

/// Where to go, and with which accounts if they are invented ones.
fn announce(address: SocketAddr, accounts: &[demo::DemoAccount]) {
    let mut out = std::io::stdout().lock();
    // Somebody may have closed our output; that is no reason to end.
    if !accounts.is_empty() {
        let _ = writeln!(out, "\n演示账号 (demo accounts, one for each role):\n");
    }
    for account in accounts {
        let _ = writeln!(
            out,
            "  {}{}{}  {}",
            padded(&account.role, 28),
            padded(&account.name, 26),
            account.phone,
            account.password
        );
    }
    let _ = writeln!(out, "\nlistening on http://{address}");
    let _ = out.flush();
}

/// Filled up with blanks to a width of the terminal, where a Chinese character takes two columns.
fn padded(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c.is_ascii() || c == '·' { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}

/// Logs to standard error.
///
/// # Errors
/// How much to log is said in a way nobody understands.
pub fn log_to_stderr(log: &Log) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&log.log)
        .map_err(|error| Error::Internal(format!("--log {}: {error}", log.log)))?;
    let to = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log.log_format {
        LogFormat::Json => to.json().init(),
        LogFormat::Text => to.compact().init(),
    }
    Ok(())
}
