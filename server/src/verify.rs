//! Checks that nothing stored was changed: walks the chain of every writer over the bytes as they came.
//! A body that was erased when its time was over leaves its hash, and the chain still holds.

use crate::account::counties;
use crate::config::Opened;
use crate::database::Transaction;
use crate::error::Result;
use crate::sync;
use domain::entry::{Hash, body_hash, link};
use domain::ids::{CountyId, UserId};
use uuid::Uuid;

/// Where a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Whose chain.
    pub writer: Uuid,
    /// From where on.
    pub seq: i64,
    /// What is wrong.
    pub why: &'static str,
}

/// Walks every chain, prints each break and a count; says whether all hold.
///
/// # Errors
/// The database does not answer.
pub async fn run(opened: &Opened) -> Result<bool> {
    let mut links = 0;
    let mut breaks = Vec::new();
    for county in counties(&opened.database).await? {
        let mut tx = opened.database.applier(county, UserId(Uuid::nil())).await?;
        links += walk(&mut tx, county, &mut breaks).await?;
        for (writer, seq) in sync::seal::broken(&mut tx, county).await? {
            breaks.push(Break { writer, seq, why: "a nightly seal saw another chain" });
        }
    }
    for Break { writer, seq, why } in &breaks {
        println!("writer {writer}, seq {seq}: {why}");
    }
    println!("{links} links checked, {} broken", breaks.len());
    Ok(breaks.is_empty())
}

#[derive(sqlx::FromRow)]
struct Link {
    writer: Uuid,
    seq: i64,
    body_hash: Vec<u8>,
    link: Vec<u8>,
    raw: Option<String>,
    /// No row has its id: a body whose time is over leaves its row behind, and what was sent again under
    /// another number stands under its first.
    gone: bool,
}

/// How many links are read at once.
const AT_ONCE: i64 = 5_000;

/// Walks the chains of a county and returns how many links there are.
///
/// # Errors
/// The database does not answer.
pub async fn walk(tx: &mut Transaction, county: CountyId, breaks: &mut Vec<Break>) -> Result<usize> {
    let heads: Vec<(Uuid, i64, Vec<u8>)> =
        sqlx::query_as("SELECT id, last_seq, chain_head FROM writer WHERE county = $1 ORDER BY id")
            .bind(county.0)
            .fetch_all(&mut **tx)
            .await?;
    let mut links = 0;
    for (writer, last_seq, head) in heads {
        let mut chain = Chain::new(writer);
        loop {
            let page: Vec<Link> = sqlx::query_as(
                "SELECT r.writer, r.seq, r.body_hash, r.link, coalesce(e.raw, q.raw) AS raw,
                   r.answer->>'answer' <> 'refused'
                     AND NOT EXISTS (SELECT FROM entry k WHERE k.county = r.county AND k.id = r.entry)
                     AND NOT EXISTS (SELECT FROM quarantine k WHERE k.county = r.county AND k.id = r.entry) AS gone
                 FROM received r
                 LEFT JOIN entry e ON e.county = r.county AND e.id = r.entry AND e.writer = r.writer AND e.seq = r.seq
                 LEFT JOIN quarantine q ON q.county = r.county AND q.id = r.entry AND q.writer = r.writer AND q.seq = r.seq
                 WHERE r.county = $1 AND r.writer = $2 AND r.seq > $3 ORDER BY r.seq LIMIT $4",
            )
            .bind(county.0)
            .bind(writer)
            .bind(chain.seq)
            .bind(AT_ONCE)
            .fetch_all(&mut **tx)
            .await?;
            links += page.len();
            if page.is_empty() {
                break;
            }
            page.iter().for_each(|link| chain.take(link, breaks));
        }
        chain.end(last_seq, &head, breaks);
    }
    Ok(links)
}

/// A writer's chain as far as it was walked.
struct Chain {
    writer: Uuid,
    seq: i64,
    head: Hash,
}

impl Chain {
    const fn new(writer: Uuid) -> Self {
        Self { writer, seq: 0, head: [0; 32] }
    }

    fn take(&mut self, next: &Link, breaks: &mut Vec<Break>) {
        let mut say = |why| breaks.push(Break { writer: next.writer, seq: next.seq, why });
        if next.seq != self.seq + 1 {
            say("entries before it are missing");
        }
        let stored: Hash = next.body_hash.as_slice().try_into().unwrap_or_default();
        if next.raw.as_ref().is_some_and(|raw| body_hash(raw.as_bytes()) != stored) {
            say("what was received is not what is stored");
        }
        if next.gone {
            say("what was received is not stored any more");
        }
        let seq = next.seq.unsigned_abs();
        if link(&self.head, seq, &stored).as_slice() != next.link {
            say("the link does not follow from the one before");
        }
        // From here on by what is stored, so that one break is said once.
        self.head = next.link.as_slice().try_into().unwrap_or_default();
        self.seq = next.seq;
    }

    fn end(self, last_seq: i64, head: &[u8], breaks: &mut Vec<Break>) {
        if self.seq != last_seq || self.head.as_slice() != head {
            let why = "the end of the chain is missing or was changed";
            breaks.push(Break { writer: self.writer, seq: last_seq, why });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn chain(bodies: &[&str]) -> Vec<Link> {
        let mut head = [0; 32];
        bodies
            .iter()
            .enumerate()
            .map(|(n, raw)| {
                let hash = body_hash(raw.as_bytes());
                head = link(&head, n as u64 + 1, &hash);
                Link {
                    writer: Uuid::nil(),
                    seq: n as i64 + 1,
                    body_hash: hash.to_vec(),
                    link: head.to_vec(),
                    raw: Some((*raw).to_owned()),
                    gone: false,
                }
            })
            .collect()
    }

    fn broken(links: &[Link], last_seq: i64, head: &[u8]) -> Vec<i64> {
        let (mut chain, mut breaks) = (Chain::new(Uuid::nil()), Vec::new());
        links.iter().for_each(|link| chain.take(link, &mut breaks));
        chain.end(last_seq, head, &mut breaks);
        breaks.into_iter().map(|at| at.seq).collect()
    }

    #[test]
    fn says_where_a_chain_breaks() {
        let whole = || chain(&["a", "b", "c"]);
        let head = whole()[2].link.clone();
        assert_eq!(broken(&whole(), 3, &head), Vec::<i64>::new());

        let mut erased = whole();
        erased[1].raw = None;
        assert_eq!(broken(&erased, 3, &head), Vec::<i64>::new(), "an erased body breaks nothing");

        let mut changed = whole();
        changed[1].raw = Some("B".into());
        assert_eq!(broken(&changed, 3, &head), [2]);

        let mut rewritten = whole();
        rewritten[1].body_hash = body_hash(b"B").to_vec();
        rewritten[1].raw = Some("B".into());
        assert_eq!(broken(&rewritten, 3, &head), [2]);

        let mut taken_out = whole();
        taken_out.remove(1);
        assert_eq!(broken(&taken_out, 3, &head), [3, 3]);

        assert_eq!(broken(&whole()[..2], 3, &head), [3], "a cut end");
    }
}
