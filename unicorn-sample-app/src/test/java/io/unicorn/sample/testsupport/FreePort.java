package io.unicorn.sample.testsupport;

import java.io.IOException;
import java.net.ServerSocket;

/**
 * Chooses ports for servers that need a fixed one.
 */
public final class FreePort {

	private FreePort() {
	}

	/**
	 * Choose a port on which no process listens now.
	 * @return the port
	 * @throws IOException if there is none
	 */
	public static int choose() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
