"""What the tests need around them: pinned packages, Chromium, Node.js, Java, npm packages."""
