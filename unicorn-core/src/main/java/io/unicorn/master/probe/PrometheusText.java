package io.unicorn.master.probe;

/**
 * Collects metrics in the text format of Prometheus.
 */
final class PrometheusText {

	/** Its media type. */
	static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

	private final StringBuilder text = new StringBuilder();

	/**
	 * Begin a metric, whose samples follow.
	 * @param type {@code gauge} or {@code counter}
	 * @param help what it is, without backslashes and line breaks
	 */
	PrometheusText metric(String name, String type, String help) {
		this.text.append("# HELP ").append(name).append(' ').append(help).append('\n');
		this.text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
		return this;
	}

	/** Add a sample. */
	PrometheusText sample(String name, double value) {
		this.text.append(name).append(' ').append(value).append('\n');
		return this;
	}

	/** Add a sample with a label. */
	PrometheusText sample(String name, String label, String labelValue, double value) {
		String escaped = labelValue.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
		this.text.append(name).append('{').append(label).append("=\"").append(escaped).append("\"} ");
		this.text.append(value).append('\n');
		return this;
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
