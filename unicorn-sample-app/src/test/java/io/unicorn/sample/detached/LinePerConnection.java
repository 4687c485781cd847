package io.unicorn.sample.detached;

import java.io.IOException;

/**
 * Sends each line on a connection of its own.
 */
record LinePerConnection(int port) implements CountedLoad.Client {

	@Override
	public String exchange() throws IOException {
		try (LineClient client = new LineClient(this.port)) {
			return client.pidThatAnswers("hello");
		}
	}

	@Override
	public void close() {
		// No connection is kept.
	}

}
