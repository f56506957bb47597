//! Why there is no child on this phone, in words that say what helps.

use crate::phone::Phone;
use domain::access::{Facet, Read, cell};
use domain::actor::Actor;
use leptos::prelude::*;

/// The reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChildren {
    /// Nothing has come from the school yet.
    NotYet,
    /// The person has no post with children: a teacher to whom no class was given.
    NoClass,
    /// Their classes have no children.
    Nobody,
    /// They see children only while a matter is open, and none is.
    NothingOpen,
}

impl NoChildren {
    /// Tracked.
    pub fn why(phone: Phone) -> Self {
        let arrived = phone.replica.with(|replica| !replica.is_put_away());
        phone.me.with(|me| Self::of(me.as_ref().filter(|_| arrived)))
    }

    /// Of a person to whom everything has come that they may see, and no child.
    fn of(arrived: Option<&Actor>) -> Self {
        let Some(me) = arrived else { return Self::NotYet };
        let reads = |wanted: &[Read]| {
            me.grants.iter().any(|grant| wanted.contains(&cell(Facet::Student, grant.role).0))
        };
        if me.grants.is_empty() {
            Self::NoClass
        } else if reads(&[Read::Place]) {
            Self::Nobody
        } else {
            Self::NothingOpen
        }
    }

    /// The key of its words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotYet => "no_children.not_yet",
            Self::NoClass => "no_children.no_class",
            Self::Nobody => "no_children.nobody",
            Self::NothingOpen => "no_children.nothing_open",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::actor::{Grant, Role, Scope};
    use domain::ids::{ClassId, CountyId, UserId};
    use uuid::Uuid;

    fn person(role: Option<Role>) -> Actor {
        let county = CountyId(Uuid::nil());
        let scope = match role {
            Some(Role::County) => Scope::County(county),
            _ => Scope::Class(ClassId(Uuid::nil())),
        };
        Actor {
            user: UserId(Uuid::nil()),
            county,
            name: String::new(),
            phone: String::new(),
            grants: role.map(|role| Grant { role, scope, cadre: None }).into_iter().collect(),
        }
    }

    #[test]
    fn who_has_no_class_is_told_so_and_not_to_wait_for_signal() {
        let why = |role| NoChildren::of(Some(&person(role)));
        assert_eq!(why(None), NoChildren::NoClass);
        assert_eq!(why(Some(Role::ClassTeacher)), NoChildren::Nobody);
        assert_eq!(why(Some(Role::County)), NoChildren::NothingOpen);
        assert_eq!(NoChildren::of(None), NoChildren::NotYet);
    }
}
