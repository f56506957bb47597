// Sets what the first paint depends on, before it: theme, type size, language and direction.
// Kept by the app under `qm-theme` (light, dark; none: as the system), `qm-type` (large, normal) and
// `qm-lang` (zh-CN, ug, …), as plain text or as JSON.
(function () {
  var root = document.documentElement;
  function choice(key) {
    try {
      return (localStorage.getItem(key) || '').replace(/^"|"$/g, '');
    } catch (refused) {
      return '';
    }
  }
  var theme = choice('qm-theme');
  var type = choice('qm-type');
  var lang = choice('qm-lang');
  if (/^(light|dark)$/.test(theme)) root.setAttribute('data-theme', theme);
  if (/^(large|normal)$/.test(type)) root.setAttribute('data-type', type);
  if (/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(lang)) {
    root.lang = lang;
    root.dir = /^(ar|fa|ug|ur)\b/.test(lang) ? 'rtl' : 'ltr';
  }
})();
