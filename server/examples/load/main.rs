//! Phones that all have signal at once: how many entries a second the server stores and answers, and
//! how long a request takes; and the large school they are measured on. For `make bench`.
//!
//! Each phone is a class teacher, signed in beforehand and up to date, with one connection. Its
//! requests are those of the app: 20 visits, the cursor of the last answer, and the pull that comes
//! back. Prints one JSON object: each figure of `make bench` with its value in every round.

#![forbid(unsafe_code)]

mod fill;
mod phone;

use chrono::Utc;
use clap::Parser;
use domain::calendar::local_date;
use domain::confirmation::{Seal, Secret};
use domain::entry::{Body, Entry, Subject};
use domain::fixtures::{County, PASSWORD, Size};
use domain::ids::{EntryId, KnockId, StudentId};
use domain::visit::Visit;
use fill::{TEACHERS, children, fill_folder};
use phone::{Phone, Result};
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Entries a request.
const ENTRIES: usize = 20;

#[derive(Parser)]
enum Load {
    /// Fills an empty data folder with a school of so many children
    Fill {
        /// The folder, as for `qiaomen serve --data`
        data: PathBuf,
        /// How many
        #[arg(long, default_value_t = 10_000)]
        children: u32,
    },
    /// Measures a server on such a folder
    Push(Push),
}

#[derive(clap::Args)]
struct Push {
    /// Where it listens, on this machine
    server: SocketAddr,
    /// Children in the school
    #[arg(long, default_value_t = 10_000)]
    children: u32,
    /// Requests a phone, each of 20 entries
    #[arg(long, default_value_t = 10)]
    requests: usize,
    /// Rounds that count, after one that does not
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Requests of one phone, after each round, with nothing to send and nothing new
    #[arg(long, default_value_t = 100)]
    idle: usize,
}

fn main() -> Result<()> {
    match Load::parse() {
        Load::Fill { data, children } => fill_folder(data, children),
        Load::Push(push) => tokio::runtime::Runtime::new()?.block_on(measure(&push)),
    }
}

/// A phone with the children of its class.
struct Teacher {
    phone: Phone,
    children: Vec<StudentId>,
}

async fn measure(push: &Push) -> Result<()> {
    if !push.server.ip().is_loopback() {
        return Err("only a server on this machine is measured".into());
    }
    let visit = a_visit()?;
    let mut teachers = Vec::new();
    for n in 1..=TEACHERS {
        let mut phone = Phone::sign_in(push.server, &fill::phone(n), PASSWORD).await?;
        phone.catch_up().await?;
        teachers.push(Teacher { phone, children: children(n, push.children).collect() });
    }
    let (mut rates, mut slowest, mut noops) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=push.rounds {
        let mut ready = Vec::new();
        for mut teacher in teachers {
            let work: Vec<_> = (0..push.requests).map(|_| teacher.batch(&visit)).collect::<Result<_>>()?;
            ready.push((teacher, work));
        }
        let begun = Instant::now();
        let mut pushing = JoinSet::new();
        for (mut teacher, work) in ready {
            pushing.spawn(async move {
                let mut took = Vec::new();
                for entries in &work {
                    took.push(teacher.phone.sync(entries).await.map_err(|e| e.to_string())?);
                }
                Ok::<_, String>((teacher, took))
            });
        }
        teachers = Vec::new();
        let mut took = Vec::new();
        while let Some(done) = pushing.join_next().await {
            let (teacher, times) = done??;
            teachers.push(teacher);
            took.extend(times);
        }
        let rate = (took.len() * ENTRIES) as f64 / begun.elapsed().as_secs_f64();
        let mut idle = Vec::new();
        if let Some(Teacher { phone, .. }) = teachers.first_mut() {
            phone.catch_up().await?;
            for _ in 0..push.idle {
                idle.push(phone.sync(&[]).await?);
            }
        }
        // Caches, plans and the disk are as they will be from the second round on.
        if round > 0 {
            rates.push(rate);
            slowest.push(percentile(&mut took, 99));
            noops.push(percentile(&mut idle, 50));
        }
    }
    println!("{}", json!({ "push_entries_per_s": rates, "push_p99_ms": slowest, "sync_noop_ms_p50": noops }));
    Ok(())
}

/// A visit as the demo tells them, one that the village is asked about.
fn a_visit() -> Result<Visit> {
    let story = County::on(local_date(Utc::now()), Size::Village).story();
    let asked = story.into_iter().find_map(|written| match written.entry.body {
        Body::Visit(visit) if visit.seal.is_some() => Some(visit),
        _ => None,
    });
    asked.ok_or_else(|| "the demo has no door-knock".into())
}

impl Teacher {
    /// The next entries: one visit a child, then the children again.
    fn batch(&mut self, visit: &Visit) -> Result<Vec<String>> {
        let now = Utc::now();
        let mut entries = Vec::new();
        for _ in 0..ENTRIES {
            let seq = self.phone.next_seq();
            let at = usize::try_from(seq)? % self.children.len().max(1);
            let child = self.children.get(at).ok_or("a class without children")?;
            let knock = Uuid::now_v7();
            let secret = Secret(knock.as_u64_pair().1.to_be_bytes());
            let entry = Entry {
                id: EntryId(Uuid::now_v7()),
                subject: Subject::Student(*child),
                knock: Some(KnockId(knock)),
                recorded_at: now,
                writer: self.phone.writer,
                seq,
                supersedes: None,
                body: Body::Visit(Visit { seal: Some(Seal::of(&secret)), ..visit.clone() }),
            };
            entries.push(serde_json::to_string(&entry)?);
        }
        Ok(entries)
    }
}

fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}
