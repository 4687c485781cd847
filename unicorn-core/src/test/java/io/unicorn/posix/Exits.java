package io.unicorn.posix;

import java.util.ArrayList;
import java.util.List;

/**
 * Waits for children in tests that need no receiver.
 */
public final class Exits {

	private Exits() {
	}

	/**
	 * Wait until a child exits, reap it, and return its exit.
	 */
	public static Exit await(Posix posix) throws InterruptedException {
		List<Exit> exits = new ArrayList<>(1);
		posix.awaitExit(exits::add);
		return exits.get(0);
	}

}
