//! 等村里核对: village by village, how long each household has waited, how strong the answers so far
//! were, and a reminder to paste. No ranking, nothing red.

use super::answer::{StandingTag, strength};
use super::frame::Screen;
use super::load::{Answered, load};
use super::query::Query;
use super::table::{Total, table};
use super::visit::VisitDrawer;
use super::{begun, said};
use crate::desk::village::{VillageAsked, Waiting};
use crate::desk::{Begun, Paged, functions};
use crate::ui::Empty;
use crate::words::{say, say_with};
use domain::ids::EntryId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use uuid::Uuid;

/// The page.
#[component]
pub fn Village() -> impl IntoView {
    let begun = begun();
    let query = Query::get();
    let loaded = load(|| Some(async { functions::villages().await }));
    let open = Memo::new(move |_| query.value::<Uuid>("open").map(EntryId));
    let changed = Callback::new(move |()| loaded.again());
    let show = move |paged: Paged<VillageAsked>| {
        let none = paged.total == 0;
        let villages = paged
            .rows
            .into_iter()
            .map(|village| view! { <One village=village begun=begun.clone() open=open /> })
            .collect_view();
        view! {
            {none.then(|| view! { <Empty text=say("desk.village.none").to_owned() /> })}
            {villages}
        }
        .into_any()
    };
    view! {
        <Screen
            title=say("desk.nav.village").to_owned()
            aside=move || view! { <Total paged=loaded.value key="desk.village.total" /> }
            drawer=move || {
                view! {
                    <Show when=move || open.get().is_some()>
                        <VisitDrawer open=open changed=changed />
                    </Show>
                }
            }
        >
            <Answered loaded=loaded show=show />
        </Screen>
    }
}

#[component]
fn One(village: VillageAsked, begun: Arc<Begun>, open: Memo<Option<EntryId>>) -> impl IntoView {
    let query = Query::get();
    let strengths = village
        .strengths
        .iter()
        .map(|(how, n)| {
            say_with("desk.village.strength", &[("how", say(strength(*how))), ("n", &n.to_string())])
        })
        .collect::<Vec<_>>()
        .join(" · ");
    let cadres =
        said::list(village.cadres.iter().map(|cadre| format!("{} {}", cadre.role.term(), cadre.name)));
    let rows = village.waiting.iter().map(|waiting| row(&begun, waiting, query, open)).collect_view();
    let columns = [
        say("desk.column.household"),
        say("desk.column.child"),
        say("desk.column.author"),
        say("desk.column.when"),
        say("desk.column.waited"),
        say("desk.column.village"),
    ];
    let reminder = reminder(&village);
    let waits = !village.waiting.is_empty();
    view! {
        <section class="village">
            <header>
                <h2>{village.name.clone()}</h2>
                <p class="hint">{cadres}</p>
                {waits.then(|| view! { <Copy text=reminder /> })}
            </header>
            {(!strengths.is_empty())
                .then(|| view! { <p class="hint">{say("desk.village.answered")} " " {strengths}</p> })}
            {waits.then(|| table(columns, rows))}
        </section>
    }
}

fn row(begun: &Begun, waiting: &Waiting, query: Query, open: Memo<Option<EntryId>>) -> impl IntoView + use<> {
    let first = waiting.children.first().map(|(entry, _)| *entry);
    let children = waiting
        .children
        .iter()
        .map(|(entry, name)| {
            let id = entry.to_string();
            view! { <a href=move || query.with(&[("open", &id)])><bdi>{name.clone()}</bdi></a> " " }
        })
        .collect_view();
    let waited = say_with("desk.village.days", &[("n", &waiting.days(begun.today()).to_string())]);
    view! {
        <tr aria-current=move || (first.is_some() && open.get() == first).then_some("true")>
            <th scope="row">{waiting.household.clone()}</th>
            <td>{children}</td>
            <td>
                <bdi>{waiting.author_name.clone()}</bdi>
            </td>
            <td class="digits">{said::moment(begun, waiting.started_at)}</td>
            <td class="digits">{waited}</td>
            <td>
                <StandingTag value=waiting.standing />
            </td>
        </tr>
    }
}

/// To be pasted where the village reads: a place, a number, an address. No child, and no code.
fn reminder(village: &VillageAsked) -> String {
    let who = village.cadres.first().map(|cadre| format!("{} {}", cadre.role.term(), cadre.name));
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}/v/{}", village.number);
    say_with(
        "desk.village.reminder",
        &[
            ("who", who.as_deref().unwrap_or(say("desk.village.everybody"))),
            ("village", &village.name),
            ("n", &village.waiting.len().to_string()),
            ("address", &address),
        ],
    )
}

/// 复制提醒, and that it is copied.
#[component]
fn Copy(text: String) -> impl IntoView {
    let done = RwSignal::new(false);
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            done.set(wasm_bindgen_futures::JsFuture::from(promise).await.is_ok());
        });
    };
    view! {
        <button type="button" class="link" on:click=copy>
            {move || say(if done.get() { "desk.village.copied" } else { "desk.village.copy" })}
        </button>
    }
}
