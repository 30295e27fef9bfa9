// The Data tab's code and looks come when it is first seen: until then they would only slow the page.
server.data_page({}).then(({html, css, js}) => {
  const style = document.createElement('style'); style.textContent = css; document.head.append(style);
  element.innerHTML = html;
  new Function('element', 'server', 'upload', js + '\n//# sourceURL=data.js')(element, server, upload);
}).catch(() => { element.textContent = 'This tab did not load. Reload the page.'; });
