package io.unicorn.boot.worker;

/**
 * The pattern for the names of a log's archives. Braces enclose the format of a date or
 * the name of a variable, in which a slash or a dot separates nothing.
 *
 * @param text a pattern of Logback or Log4j, such as {@code logs/app.%d{yyyy/MM}.%i.gz}
 */
record ArchivePattern(String text) {

	/**
	 * Return the pattern with a suffix behind the name of the log, in front of what the
	 * logging system replaces: {@code logs/app-worker-0.%d{yyyy/MM}.%i.gz}.
	 */
	String with(String suffix) {
		int start = 0;
		int end = -1;
		int depth = 0;
		for (int i = 0; i < this.text.length(); i++) {
			char c = this.text.charAt(i);
			if (c == '{') {
				depth++;
			}
			else if (c == '}') {
				depth--;
			}
			else if (depth == 0 && c == '/') {
				start = i + 1;
				end = -1;
			}
			else if (depth == 0 && end < 0 && (c == '.' || c == '%') && i > start) {
				end = i;
			}
		}
		int at = this.text.startsWith("%", start) ? start : (end < 0) ? this.text.length() : end;
		if (at == start) {
			return this.text.substring(0, at) + suffix.substring(1) + "." + this.text.substring(at);
		}
		if (isSeparator(this.text.charAt(at - 1)) && this.text.startsWith("%", at)) {
			at--;
		}
		return this.text.substring(0, at) + suffix + this.text.substring(at);
	}

	private static boolean isSeparator(char c) {
		return c == '-' || c == '_';
	}

}
