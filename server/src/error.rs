//! What can go wrong, and what a person or a stranger is told about it: a code, one sentence, and for
//! faults of ours nothing but the number under which the log has the cause.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::problem::Problem;
use serde::Serialize;

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request or a command ends without what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No session, or one that is over: sign in again. What is unsent stays where it is.
    #[error("no session")]
    SessionExpired,
    /// The session was taken away, or the account: this phone may be in other hands, so it puts the children
    /// away. What is unsent stays where it is.
    #[error("the session was revoked")]
    Revoked,
    /// Phone number and password do not fit, or there is no such account: the same answer.
    #[error("wrong phone number or password")]
    WrongPassword,
    /// Signed in with a one-time password, which opens nothing but its own change.
    #[error("the one-time password must be changed first")]
    PasswordMustChange,
    /// Something is only given out soon after a password was typed.
    #[error("the password must be typed again")]
    PasswordNeeded,
    /// Too many tries.
    #[error("too many tries, wait {seconds} s")]
    TooMany {
        /// Until the next one counts.
        seconds: u64,
    },
    /// A page of another site sent this.
    #[error("a write from another site")]
    ForeignOrigin,
    /// Not for this person. Says nothing about whether it exists.
    #[error("not allowed")]
    Forbidden,
    /// No such thing, or not for this person.
    #[error("not found")]
    NotFound,
    /// The request is not in the shape this address takes.
    #[error("malformed request: {0}")]
    Malformed(&'static str),
    /// Larger than this address takes.
    #[error("the request is too large")]
    TooLarge,
    /// Somebody answered about this knock with the same code before.
    #[error("answered already")]
    AnsweredAlready,
    /// A code that is too old to be answered.
    #[error("the code has expired")]
    AnswerExpired,
    /// A field is wrong: what a form says beside it.
    #[error("{}: {}", .0.field, .0.code)]
    Problem(Problem),
    /// The database said no, or nothing.
    #[error("the database: {}", Plain(.0))]
    Database(#[from] sqlx::Error),
    /// The database's shape could not be brought to this version's.
    #[error("migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Anything else of ours, in words for the operator and without a person in it.
    #[error("{0}")]
    Internal(String),
}

/// What of a database error may be written down. Its own text may quote values, and so persons.
struct Plain<'a>(&'a sqlx::Error);

impl std::fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            sqlx::Error::Database(error) => {
                write!(f, "SQLSTATE {}", error.code().unwrap_or_default())?;
                for (word, name) in [("table", error.table()), ("constraint", error.constraint())] {
                    if let Some(name) = name {
                        write!(f, ", {word} {name}")?;
                    }
                }
                Ok(())
            }
            sqlx::Error::ColumnDecode { index, .. } => write!(f, "column {index} cannot be read"),
            sqlx::Error::Decode(_) => write!(f, "a value cannot be read"),
            sqlx::Error::Encode(_) => write!(f, "a value cannot be written"),
            other => other.fmt(f),
        }
    }
}

/// The body of an answer that is an error. The request id is laid in by `http`.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// Stable, upper snake: what the app turns into its own words.
    pub code: String,
    /// One sentence for the person, with what to do.
    pub message: &'static str,
    /// The field of the form it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// Under which the log has more.
    pub request_id: String,
}

impl Told {
    /// A code and its sentence.
    pub fn new(code: &str, message: &'static str) -> Self {
        Self { code: code.into(), message, field: String::new(), request_id: String::new() }
    }

    /// What a status alone says, for answers that axum makes itself.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new("NOT_FOUND", "没有这个内容，或者您不能看。"),
            StatusCode::METHOD_NOT_ALLOWED => Self::new("METHOD_NOT_ALLOWED", "这个地址不能这样用。"),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new("TOO_LARGE", "一次发得太多了，分几次再发。"),
            StatusCode::REQUEST_TIMEOUT => Self::new("TIMEOUT", "等得太久了，请再试一次。"),
            status if status.is_client_error() => Self::new("MALFORMED", "发来的内容看不懂，请更新后再试。"),
            _ => Self::new("INTERNAL", "学校那边没接住，写的都在手机里，过一会儿再试。"),
        }
    }
}

impl Error {
    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SessionExpired | Self::Revoked | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::PasswordMustChange | Self::PasswordNeeded | Self::ForeignOrigin | Self::Forbidden => {
                StatusCode::FORBIDDEN
            }
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::AnsweredAlready => StatusCode::CONFLICT,
            Self::AnswerExpired => StatusCode::GONE,
            Self::Problem(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Database(_) | Self::Migrate(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is told about it.
    pub fn told(&self) -> Told {
        match self {
            Self::SessionExpired => Told::new("SESSION_EXPIRED", "登录过期了，请重新登录。写的都在手机里。"),
            Self::Revoked => Told::new("REVOKED", "这台手机上的登录已取消，请重新登录。写的都在手机里。"),
            Self::WrongPassword => Told::new("WRONG_PASSWORD", "手机号或密码不对。忘了密码请找教导处重设。"),
            Self::PasswordMustChange => {
                Told::new("PASSWORD_MUST_CHANGE", "这是一次性密码，请先改成自己的密码。")
            }
            Self::PasswordNeeded => Told::new("PASSWORD_NEEDED", "请再输一次密码。"),
            Self::TooMany { .. } => Told::new("TOO_MANY", "试得太多了，过一会儿再试。"),
            Self::ForeignOrigin => Told::new("FOREIGN_ORIGIN", "请从敲门里面操作。"),
            Self::Forbidden => Told::new("FORBIDDEN", "您不能做这件事。"),
            Self::AnsweredAlready => Told::new("ANSWER_ALREADY", "这次走访已经有人用这个码核对过了。"),
            Self::AnswerExpired => Told::new("ANSWER_EXPIRED", "这个码过期了，请老师再给一个。"),
            Self::Problem(problem) => Told {
                field: problem.field.clone().into_owned(),
                ..Told::new(&problem.code, "有一处要改，改好再试。")
            },
            Self::NotFound
            | Self::Malformed(_)
            | Self::TooLarge
            | Self::Database(_)
            | Self::Migrate(_)
            | Self::Internal(_) => Told::of_status(self.status()),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = (self.status(), axum::Json(self.told())).into_response();
        if let Self::TooMany { seconds } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.told());
        response.extensions_mut().insert(Cause(self.to_string()));
        response
    }
}

/// Why, for the log; travels beside the answer to the one place that logs.
#[derive(Clone, Debug)]
pub struct Cause(pub String);
