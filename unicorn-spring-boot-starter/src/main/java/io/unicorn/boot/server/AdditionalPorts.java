package io.unicorn.boot.server;

import java.util.HashMap;
import java.util.Map;

import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.WorkerAgent;

/**
 * The ports on which an application lets its web server listen beside its first one. The
 * master opens those that are in {@code unicorn.listeners}, and all workers share them.
 */
public final class AdditionalPorts {

	private final Unshareable unshareable;

	/** Names of the pool's listeners by port. */
	private final Map<Integer, String> listeners = new HashMap<>();

	/**
	 * Create from what the master has passed to this worker.
	 */
	public AdditionalPorts(WorkerAgent agent) {
		this(new Unshareable(agent), System.getProperty(WorkerCommand.PORTS_PROPERTY, ""));
	}

	/**
	 * Create.
	 * @param ports the ports of listeners, as {@code name:port}, separated by commas
	 */
	AdditionalPorts(Unshareable unshareable, String ports) {
		this.unshareable = unshareable;
		for (String entry : ports.split(",", -1)) {
			int colon = entry.lastIndexOf(':');
			if (colon > 0) {
				this.listeners.put(Integer.valueOf(entry.substring(colon + 1)), entry.substring(0, colon));
			}
		}
	}

	/**
	 * Return the name of the listener on a port. If there is none, the first worker lets
	 * the application run without a pool, and any other fails.
	 * @throws RuntimeException if there is none
	 */
	public String listener(int port) {
		String name = this.listeners.get(port);
		if (name == null || port == 0) {
			throw this.unshareable.refuse(
					"its web server has an additional connector on port " + port + ", which only one worker could open",
					"with unicorn.listeners.additional=" + ((port != 0) ? port : "PORT")
							+ " (any name will do), the master opens it for all workers");
		}
		return name;
	}

}
