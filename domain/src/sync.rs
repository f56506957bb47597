//! The sync protocol: what a phone sends, what the server answers. No I/O here. `replica` is the
//! phone's side, `hub` the reference server in memory; thin adapters in `app` and `server` drive the
//! same types over IndexedDB, HTTP and Postgres.
//!
//! Laws: nothing acknowledged is lost; nothing has effect twice; a refusal consumes its seq and never
//! blocks those after it; unsent work is never purged; the order is the server's.

pub mod aside;
#[cfg(any(test, feature = "fixtures"))]
pub mod hub;
pub mod replica;
pub mod sifted;
pub mod timeline;
pub mod unread;
pub mod wire;

pub use aside::Aside;
pub use replica::{Caseload, Changes, NewEntry, Progress, Queued, Replica};
pub use sifted::Sifted;
pub use timeline::Timeline;
pub use unread::Unread;
pub use wire::{
    Answer, Cursor, Decided, FileView, GO_ON, GoOn, Page, Receipt, SeenEntry, Sibling, StudentView,
    SyncRequest, SyncResponse,
};
