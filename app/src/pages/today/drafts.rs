//! 没写完: forms begun and not finished. A row goes on with its form; 不要了 throws it away, once asked.

use crate::dates;
use crate::device;
use crate::local::LocalError;
use crate::phone::{DraftRow, Phone};
use crate::ui::{Cell, Group, NotKept, Sheet};
use crate::words::{say, say_with};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The rows, nothing while there are none.
#[component]
pub fn Drafts(phone: Phone) -> impl IntoView {
    // 单独上报 leaves no trace, a draft in a list neither.
    let rows = move || {
        let mut rows = phone.drafts.get();
        rows.retain(|row| row.key.starts_with("visit/") || row.key.starts_with("supplement/"));
        rows
    };
    let some = Memo::new(move |_| !rows().is_empty());
    let leaving = RwSignal::new(None::<DraftRow>);
    let asking = RwSignal::new(false);
    let failed = RwSignal::new(None::<LocalError>);
    let cells = move || {
        rows()
            .into_iter()
            .map(|row| {
                let at = dates::moment(row.saved_at, device::now());
                let kept = say_with("state.draft", &[("at", &at)]);
                let name = format!("{} {}", say("today.drop"), row.title);
                let (title, href) = (row.title.clone(), format!("/{}", row.key));
                let ask = move |_| {
                    leaving.set(Some(row.clone()));
                    failed.set(None);
                    asking.set(true);
                };
                view! {
                    <div class="draft">
                        <Cell title=title note=kept href=href />
                        <button type="button" class="link" aria-label=name on:click=ask>{say("today.drop")}</button>
                    </div>
                }
            })
            .collect_view()
    };
    let what = move || {
        leaving.get().map(|row| {
            let at = dates::moment(row.saved_at, device::now());
            say_with("today.drop_ask", &[("what", &row.title), ("at", &at)])
        })
    };
    let discard = move |_| {
        let Some(row) = leaving.get_untracked() else { return };
        spawn_local(async move {
            match phone.discard_draft(&row.key).await {
                Ok(()) => drop(asking.try_set(false)),
                Err(why) => drop(failed.try_set(Some(why))),
            }
        });
    };
    view! {
        <Show when=move || some.get()>
            <Group label=say("today.unfinished")>{cells}</Group>
        </Show>
        <Sheet open=asking title=say("today.drop_title")>
            <p class="pad">{what}</p>
            <div class="pad stack">
                <NotKept why=failed />
                <button type="button" class="secondary" on:click=move |_| asking.set(false)>
                    {say("today.drop_not")}
                </button>
                <button type="button" class="link bad" on:click=discard>{say("today.drop_do")}</button>
            </div>
        </Sheet>
    }
}
