"""What the tests need around them: pinned packages, browsers, Node.js, Java, npm packages."""
