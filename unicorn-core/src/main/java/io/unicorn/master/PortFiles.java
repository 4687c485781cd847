package io.unicorn.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.listener.ListenerSet;
import io.unicorn.master.log.LogQueue;

/**
 * Writes and deletes the files that hold the ports of the pool while it runs.
 */
final class PortFiles {

	private final Map<String, String> byListener;

	PortFiles(Map<String, String> byListener) {
		this.byListener = byListener;
	}

	void write(ListenerSet listeners, List<ListenAddress> addresses, LogQueue log) {
		for (ListenAddress address : addresses) {
			String file = this.byListener.get(address.name());
			int port = listeners.listener(address).port();
			if (file != null && port > 0) {
				write(Path.of(file), port, log);
			}
		}
	}

	static void write(Path file, int port, LogQueue log) {
		try {
			Path parent = file.toAbsolutePath().getParent();
			if (parent != null) {
				Files.createDirectories(parent);
			}
			Files.writeString(file, Integer.toString(port));
		}
		catch (IOException ex) {
			log.write(Effect.Level.WARN, "port file " + file + " cannot be written: " + ex);
		}
	}

	void delete() {
		for (String file : this.byListener.values()) {
			try {
				Files.deleteIfExists(Path.of(file));
			}
			catch (IOException ex) {
				// Spring Boot leaves it as well.
			}
		}
	}

}
