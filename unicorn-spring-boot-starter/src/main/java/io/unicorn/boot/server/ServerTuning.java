package io.unicorn.boot.server;

import java.time.Duration;

import io.unicorn.launch.settings.WorkerClass;
import org.jspecify.annotations.Nullable;

/**
 * Limits the connections and threads of a worker's server.
 *
 * @param workerClass the worker class
 * @param threads number of request threads, or {@code null} for the server's own setting;
 * used in class gthread
 * @param connections how many connections a worker has at a time, or {@code null} for the
 * server's own setting; ignored in class sync
 * @param connectionTimeout time that a new connection has to send its request, or
 * {@code null} for the server's own setting
 */
public record ServerTuning(WorkerClass workerClass, @Nullable Integer threads, @Nullable Integer connections,
		@Nullable Duration connectionTimeout) {

	/** Leaves a server as it is configured. */
	public static final ServerTuning NONE = new ServerTuning(WorkerClass.GTHREAD, null, null, null);

}
