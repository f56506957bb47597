//! The browser's own things that the crates at hand lack: turns among tabs, words between tabs,
//! plain objects. Nothing here knows what it is for.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Locks;
    #[wasm_bindgen(method, catch)]
    fn request(this: &Locks, name: &str, options: &Object, callback: &JsValue) -> Result<Promise, JsValue>;
}

/// A turn among all tabs of this origin (Web Lock). It ends when dropped, or with its tab.
#[derive(Debug)]
pub struct Turn(Function);

impl Turn {
    /// Waits for one's turn.
    pub async fn take(name: &str) -> Option<Self> {
        Self::ask(name, false).await
    }

    /// Takes the turn if nobody has it.
    pub async fn try_take(name: &str) -> Option<Self> {
        Self::ask(name, true).await
    }

    async fn ask(name: &str, if_free: bool) -> Option<Self> {
        let navigator = web_sys::window()?.navigator();
        let locks: Locks = Reflect::get(&navigator, &"locks".into()).ok()?.unchecked_into();
        let options = object(&[("ifAvailable", &if_free.into())]);
        let granted = Promise::new(&mut |grant, _| {
            let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
                if lock.is_null() {
                    let _ = grant.call1(&JsValue::NULL, &JsValue::NULL);
                    return JsValue::UNDEFINED;
                }
                Promise::new(&mut |release, _| drop(grant.call1(&JsValue::NULL, &release))).into()
            });
            // The promise ends with the turn; whoever asked waits for the grant instead.
            let _ = locks.request(name, &options, &callback);
        });
        JsFuture::from(granted).await.ok()?.dyn_into().ok().map(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// A plain object.
pub fn object(fields: &[(&str, &JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A field of an object, if there is one.
pub fn field(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Waits for a promise that a call may not even have made.
pub async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}

/// The text of the file that was just chosen in a field for files; nothing for one that is too long to be
/// ours. The field is emptied, so that the same file may be chosen again.
pub async fn chosen_text(field_for_files: JsValue) -> Option<String> {
    let file: web_sys::Blob = field(&field(&field_for_files, "files")?, "0")?.unchecked_into();
    let text = if file.size() > 16e6 { None } else { settled(Ok(file.text())).await.ok()?.as_string() };
    let _ = Reflect::set(&field_for_files, &"value".into(), &"".into());
    text
}

/// What `boot.js` left on the window: `build`, `hasUpdate`, `update()`, `scan()`.
pub fn qiaomen() -> Option<JsValue> {
    field(web_sys::window()?.as_ref(), "qiaomen")
}

/// The version of the site that runs.
pub fn build() -> String {
    qiaomen().and_then(|q| field(&q, "build")).and_then(|b| b.as_string()).unwrap_or_default()
}

/// Whether all of the app is on the phone already.
pub fn is_kept() -> bool {
    qiaomen().and_then(|q| field(&q, "kept")).is_some_and(|kept| kept.is_truthy())
}

/// What stands behind the `#` of the address, with it.
pub fn behind_address() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Writes another address over this one, without going anywhere.
pub fn replace_address(to: &str) {
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(to));
    }
}

/// Calls back on an event of the window, as long as the page lives.
pub fn on_window(event: &str, call: impl FnMut() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(call).into_js_value();
    if let Some(window) = web_sys::window() {
        let _ = window.add_event_listener_with_callback(event, callback.unchecked_ref());
    }
}

/// Calls back on an event of the document, as long as the page lives.
pub fn on_document(event: &str, call: impl FnMut() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(call).into_js_value();
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        let _ = document.add_event_listener_with_callback(event, callback.unchecked_ref());
    }
}

/// Whether somebody looks at this page.
pub fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|d| d.visibility_state() == web_sys::VisibilityState::Visible)
}
