location.replace(document.getElementById("charts").href);
