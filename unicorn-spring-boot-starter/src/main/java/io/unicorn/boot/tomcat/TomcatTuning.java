package io.unicorn.boot.tomcat;

import java.time.Duration;

import io.unicorn.launch.settings.WorkerClass;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Limits the connections and threads of a worker's Tomcat.
 *
 * @param workerClass the worker class
 * @param threads number of request threads, or {@code null} for Tomcat's own setting;
 * used in class gthread
 * @param connections how many connections a worker has at a time, or {@code null} for
 * Tomcat's own setting; ignored in class sync
 * @param connectionTimeout time that a new connection has to send its request, or
 * {@code null} for Tomcat's own setting
 */
public record TomcatTuning(WorkerClass workerClass, @Nullable Integer threads, @Nullable Integer connections,
		@Nullable Duration connectionTimeout) {

	/** Leaves Tomcat as it is configured. */
	static final TomcatTuning NONE = new TomcatTuning(WorkerClass.GTHREAD, null, null, null);

	void apply(AbstractHttp11Protocol<?> protocol) {
		if (this.workerClass == WorkerClass.SYNC) {
			// With one connection at a time and one request on each, the acceptor accepts
			// the next client only when this one has left.
			protocol.setMaxConnections(1);
			protocol.setMaxKeepAliveRequests(1);
			setThreads(protocol, 1);
		}
		else {
			serveMany(protocol);
		}
		if (this.connectionTimeout != null) {
			protocol.setConnectionTimeout(Math.toIntExact(this.connectionTimeout.toMillis()));
		}
	}

	private void serveMany(AbstractHttp11Protocol<?> protocol) {
		if (this.workerClass == WorkerClass.VIRTUAL) {
			protocol.setExecutor(new VirtualThreadExecutor("virtual-"));
		}
		else if (this.threads != null) {
			setThreads(protocol, this.threads);
		}
		if (this.connections != null) {
			// The acceptor waits for a free connection before it accepts, so that another
			// worker takes the next one.
			protocol.setMaxConnections(this.connections);
		}
	}

	private static void setThreads(AbstractHttp11Protocol<?> protocol, int threads) {
		protocol.setMinSpareThreads(Math.min(threads, protocol.getMinSpareThreads()));
		protocol.setMaxThreads(threads);
	}

}
