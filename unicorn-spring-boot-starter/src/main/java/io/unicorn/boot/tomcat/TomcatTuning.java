package io.unicorn.boot.tomcat;

import java.time.Duration;

import io.unicorn.launch.WorkerClass;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.jspecify.annotations.Nullable;

/**
 * How a worker's Tomcat takes connections and requests.
 *
 * @param workerClass the worker class
 * @param threads number of request threads, or {@code null} for Tomcat's own setting; of
 * no meaning for class sync
 * @param connectionTimeout how long a new connection may take to send its request, or
 * {@code null} for Tomcat's own setting
 */
public record TomcatTuning(WorkerClass workerClass, @Nullable Integer threads, @Nullable Duration connectionTimeout) {

	/** Tomcat as it is configured. */
	static final TomcatTuning NONE = new TomcatTuning(WorkerClass.GTHREAD, null, null);

	void apply(AbstractHttp11Protocol<?> protocol) {
		if (this.workerClass == WorkerClass.SYNC) {
			// With one connection at a time and one request on each, the acceptor takes
			// the next client only when this one is gone.
			protocol.setMaxConnections(1);
			protocol.setMaxKeepAliveRequests(1);
			setThreads(protocol, 1);
		}
		else if (this.threads != null) {
			setThreads(protocol, this.threads);
		}
		if (this.connectionTimeout != null) {
			protocol.setConnectionTimeout(Math.toIntExact(this.connectionTimeout.toMillis()));
		}
	}

	private static void setThreads(AbstractHttp11Protocol<?> protocol, int threads) {
		protocol.setMinSpareThreads(Math.min(threads, protocol.getMinSpareThreads()));
		protocol.setMaxThreads(threads);
	}

}
