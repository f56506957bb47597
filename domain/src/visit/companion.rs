//! A person who may have come along (同行的人): who is offered as a chip, who is ticked without a tap, and
//! what a tap changes.

use super::knock::replaces;
use super::{Participant, Visit};
use crate::actor::{Actor, Role};
use crate::directory::{Directory, Post, Village};
use crate::entry::Body;
use crate::ids::{EntryId, UserId, VillageId};
use crate::student::Basics;
use crate::sync::Replica;
use crate::vocabulary::Side;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Hours for which the people of the last house are taken to be the people of this one.
const SAME_TEAM_HOURS: i64 = 6;

/// Colleagues offered as chips before ＋; a longer row hides the question below it.
const COLLEAGUES: usize = 2;

/// A person who may have come along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    /// The account, if any.
    pub user: Option<UserId>,
    /// Name as colleagues know it.
    pub name: String,
    /// Short title before the name (村支书), empty for teachers.
    #[serde(default)]
    pub title: String,
    /// Which side.
    pub side: Side,
    /// Came along.
    pub ticked: bool,
    /// Ticked because of the last house, until a thumb touches it.
    #[serde(default)]
    pub assumed: bool,
}

impl Companion {
    /// Somebody without an account or a title, not ticked.
    pub fn stranger(name: &str, side: Side) -> Self {
        Self { user: None, name: name.to_owned(), title: String::new(), side, ticked: false, assumed: false }
    }

    /// A colleague as a chip.
    pub fn colleague(user: UserId, name: &str) -> Self {
        Self { user: Some(user), ..Self::stranger(name, Side::School) }
    }

    /// A tap: from now on it is the thumb's word.
    pub const fn toggle(&mut self) {
        self.ticked = !self.ticked;
        self.assumed = false;
    }

    /// The village of a cadre who is one of another village than the house's.
    pub fn from_elsewhere<'a>(
        &self,
        house: Option<VillageId>,
        directory: &'a Directory,
    ) -> Option<&'a Village> {
        let posts = || cadre_posts(self.user, directory);
        if self.side != Side::Village || house.is_some_and(|house| posts().any(|p| p.scope == house.0)) {
            return None;
        }
        posts().find_map(|post| directory.village(VillageId(post.scope)))
    }

    fn of(participant: &Participant, directory: &Directory) -> Self {
        let post = cadre_posts(participant.user, directory).next();
        let title = post.and_then(|post| post.cadre.as_ref()).map(|cadre| cadre.term().to_owned());
        Self {
            user: participant.user,
            title: title.unwrap_or_default(),
            ..Self::stranger(&participant.name, participant.side.clone())
        }
    }
}

fn cadre_posts(user: Option<UserId>, directory: &Directory) -> impl Iterator<Item = &Post> {
    let people = directory.people.iter().filter(move |p| user.is_some_and(|user| p.id == user));
    people.flat_map(|p| &p.posts).filter(|post| post.role == Role::Cadre)
}

/// Ticks who came along to a visit that stands, and nobody else.
pub(super) fn tick_only(companions: &mut Vec<Companion>, visit: &Visit, me: &Actor, directory: &Directory) {
    for companion in companions.iter_mut().skip(1) {
        companion.ticked = false;
        companion.assumed = false;
    }
    for participant in visit.participants.iter().filter(|p| p.user != Some(me.user)) {
        let known = companions.iter_mut().find(|c| {
            c.name == participant.name && (c.user == participant.user || participant.user.is_none())
        });
        match known {
            Some(companion) => companion.ticked = true,
            None => companions.push(Companion { ticked: true, ..Companion::of(participant, directory) }),
        }
    }
}

/// Who may come along: the author, the people of the last house, teachers of the child's class, the
/// village's cadres. Ticked: the author, and the people of the last house while the evening lasts.
pub(super) fn companions(
    basics: &Basics,
    replica: &Replica,
    me: &Actor,
    now: DateTime<Utc>,
) -> Vec<Companion> {
    let directory = &replica.directory;
    let author = Companion { ticked: true, ..Companion::colleague(me.user, &me.name) };
    let team = last_team(basics, replica, me, now);
    let teachers = directory
        .people
        .iter()
        .filter(|p| p.posts.iter().any(|post| post.scope == basics.class.0))
        .filter(|p| p.id != me.user)
        .take(COLLEAGUES)
        .map(|p| Companion::colleague(p.id, &p.name));
    let cadres =
        basics.village.into_iter().flat_map(|village| directory.cadres(village)).map(|(p, role)| Companion {
            user: Some(p.id),
            title: role.term().to_owned(),
            ..Companion::stranger(&p.name, Side::Village)
        });
    let mut seen: BTreeSet<(Option<UserId>, String)> = BTreeSet::new();
    let known: Vec<Companion> = teachers.chain(cadres).collect();
    let (school, village): (Vec<_>, Vec<_>) =
        team.into_iter().map(|c| titled(c, &known)).partition(|c| c.side == Side::School);
    let (teachers, cadres): (Vec<_>, Vec<_>) = known.into_iter().partition(|c| c.side == Side::School);
    std::iter::once(author)
        .chain(school)
        .chain(teachers)
        .chain(village)
        .chain(cadres)
        .filter(|c| seen.insert((c.user, if c.user.is_some() { String::new() } else { c.name.clone() })))
        .collect()
}

/// As the house's village calls them.
fn titled(companion: Companion, known: &[Companion]) -> Companion {
    let title = known.iter().find(|k| k.user.is_some() && k.user == companion.user).map(|k| k.title.clone());
    Companion { title: title.unwrap_or(companion.title), ..companion }
}

/// Who is taken to have come on from the last house of the evening: teachers anywhere, others only
/// within their village.
fn last_team(basics: &Basics, replica: &Replica, me: &Actor, now: DateTime<Utc>) -> Vec<Companion> {
    let Some(visit) = last_house(replica, now) else { return Vec::new() };
    let same_village = basics.village == Some(visit.village);
    visit
        .participants
        .iter()
        .filter(|p| p.user != Some(me.user) && (same_village || p.side == Side::School))
        .map(|p| Companion { ticked: true, assumed: true, ..Companion::of(p, &replica.directory) })
        .collect()
}

/// The last house of these six hours that this phone wrote down: by when it was visited, so that a visit
/// of yesterday written down tonight is none, nor an earlier house corrected since.
fn last_house(replica: &Replica, now: DateTime<Utc>) -> Option<&Visit> {
    let since = now - Duration::hours(SAME_TEAM_HOURS);
    let gone: BTreeSet<EntryId> = replica
        .outbox
        .iter()
        .filter(|queued| !queued.progress.is_back())
        .filter_map(|queued| replaces(&queued.entry))
        .collect();
    replica
        .outbox
        .iter()
        .filter(|queued| !gone.contains(&queued.entry.id))
        .filter_map(|queued| match &queued.entry.body {
            Body::Visit(visit) => Some(visit),
            _ => None,
        })
        .filter(|visit| (since..=now).contains(&visit.started_at))
        .max_by_key(|visit| visit.started_at)
}
