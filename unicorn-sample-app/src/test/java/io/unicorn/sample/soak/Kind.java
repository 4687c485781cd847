package io.unicorn.sample.soak;

/**
 * How a client uses its connections.
 */
enum Kind {

	/** Small requests on a connection that is kept for as long as the server allows. */
	KEEP_ALIVE("keep-alive"),

	/** Small requests, each on a connection of its own. */
	CONNECTION_PER_REQUEST("connection per request"),

	/** Two small requests in one write, on a connection that is kept. */
	PIPELINED_PAIRS("pipelined pairs"),

	/** Two small requests at once, on an HTTP/2 connection that is kept. */
	HTTP2("HTTP/2, two streams"),

	/** Uploads of 1 MB on a connection that is kept. */
	UPLOAD("uploads, 1 MB"),

	/** Downloads of 1 MB on a connection that is kept. */
	DOWNLOAD("downloads, 1 MB"),

	/** Downloads of 1 MB that take more than a second, on a connection that is kept. */
	SLOW_READER("slow readers, 1 MB");

	private final String title;

	Kind(String title) {
		this.title = title;
	}

	/**
	 * Whether latencies of this kind are comparable with other kinds: its requests are
	 * small and do not wait.
	 */
	boolean isQuick() {
		return this == KEEP_ALIVE || this == CONNECTION_PER_REQUEST || this == PIPELINED_PAIRS || this == HTTP2;
	}

	@Override
	public String toString() {
		return this.title;
	}

}
