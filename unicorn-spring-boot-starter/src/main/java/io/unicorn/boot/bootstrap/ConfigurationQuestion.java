package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import io.unicorn.ipc.FrameDecoder;
import io.unicorn.ipc.MalformedFrameException;
import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageCodec;
import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.Posix;
import org.jspecify.annotations.Nullable;

/**
 * Asks a worker that waits to be told who it is what it finds in its environment.
 */
final class ConfigurationQuestion implements ControlPoller.Handler {

	/** It takes a JVM some 30 ms to start its threads, and longer if it has to wait. */
	private static final Duration PAUSE = Duration.ofMillis(40);

	private static final int ATTEMPTS = 8;

	private final FrameDecoder<Message.FromWorker> decoder = new FrameDecoder<>(Message.FromWorker.class);

	private final CompletableFuture<@Nullable String> answer = new CompletableFuture<>();

	private ConfigurationQuestion() {
	}

	/**
	 * Ask.
	 * @param control our end of its control connection, which stays open
	 * @param patience how long to wait
	 * @param meanwhile is tried a few times while nothing is heard, until it succeeds
	 * @return the digest, or {@code null} if there is no answer
	 */
	static @Nullable String ask(Posix posix, ControlSocket control, Duration patience, BooleanSupplier meanwhile)
			throws IOException {
		ConfigurationQuestion question = new ConfigurationQuestion();
		ControlPoller poller = posix.poller();
		try {
			poller.register(control, question);
			control.write(MessageCodec.encode(new Message.TellConfiguration()));
			Thread thread = new Thread(() -> run(poller), "unicorn-head-start-answer");
			thread.setDaemon(true);
			thread.start();
			for (int i = 0; i < ATTEMPTS && !question.isAnswered(PAUSE) && !meanwhile.getAsBoolean(); i++) {
				// It is too early.
			}
			return question.answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
		finally {
			poller.close();
		}
	}

	private boolean isAnswered(Duration wait) throws InterruptedException, ExecutionException {
		try {
			this.answer.get(wait.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	private static void run(ControlPoller poller) {
		try {
			poller.run();
		}
		catch (IOException ex) {
			// There will be no answer.
		}
	}

	@Override
	public void received(ByteBuffer bytes) {
		try {
			this.decoder.feed(bytes, (message) -> this.answer
				.complete((message instanceof Message.Configuration found) ? found.digest() : null));
		}
		catch (MalformedFrameException | IllegalStateException ex) {
			this.answer.complete(null);
		}
	}

	@Override
	public void closed() {
		this.answer.complete(null);
	}

}
