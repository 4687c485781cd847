package io.unicorn.boot.worker;

/**
 * Thrown in a worker whose web server does not use the listener of the pool.
 */
class ListenerNotAdoptedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String server;

	/**
	 * Create.
	 * @param server the class of the web server
	 */
	ListenerNotAdoptedException(String server) {
		super("The web server of this worker, " + server + ", does not use the listener of the pool");
		this.server = server;
	}

	String getServer() {
		return this.server;
	}

}
