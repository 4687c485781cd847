package io.unicorn.worker;

/**
 * Ends this process. Tests record the calls instead, so an implementation may return.
 */
interface ProcessEnd {

	/** Ends the JVM that this code runs in. */
	ProcessEnd JVM = new ProcessEnd() {

		@Override
		public void exit(int code) {
			System.exit(code);
		}

		@Override
		public void halt(int code) {
			Runtime.getRuntime().halt(code);
		}

		@Override
		public boolean isUnderWay() {
			Thread hook = new Thread(() -> {
			});
			try {
				Runtime.getRuntime().addShutdownHook(hook);
				Runtime.getRuntime().removeShutdownHook(hook);
				return false;
			}
			catch (IllegalStateException ex) {
				return true;
			}
		}

	};

	/**
	 * Run the shutdown hooks, then end.
	 */
	void exit(int code);

	/**
	 * End at once, without shutdown hooks.
	 */
	void halt(int code);

	/**
	 * Whether the shutdown hooks run.
	 */
	boolean isUnderWay();

}
