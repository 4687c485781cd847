package io.unicorn.sample;

import java.io.IOException;
import java.net.ServerSocket;

/**
 * For servers that must be told where to listen.
 */
public final class FreePort {

	private FreePort() {
	}

	/**
	 * Choose a port that nobody listens on now.
	 * @return the port
	 * @throws IOException if there is none
	 */
	public static int choose() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
