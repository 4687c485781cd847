package io.unicorn.boot.warmup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Sends requests with the JDK's HTTP client, whose threads all end with {@link #close}.
 * One thread sends requests; any thread may call {@link #close}.
 */
final class WarmUpClient implements AutoCloseable {

	private static final String USER_AGENT = "unicorn-warm-up";

	/**
	 * The client's selector thread joins the group of the thread that creates the client.
	 * On JDK 17 a client cannot be closed, and its selector thread ends when a garbage
	 * collection has found that the client is unreachable, or when it is interrupted.
	 */
	private final ThreadGroup group = new ThreadGroup(USER_AGENT);

	private final ExecutorService threads = Executors.newCachedThreadPool(this::thread);

	private final HttpClient client;

	private final String token;

	/**
	 * Create a client.
	 * @param token the value of the header {@value OwnServer#TOKEN_HEADER}
	 * @throws IOException if this JVM has no TLS or the client was interrupted
	 */
	WarmUpClient(String token) throws IOException {
		this.token = token;
		try {
			// Always set: the client would otherwise load the authorities that the JVM
			// trusts, even for connections that are not encrypted.
			SSLContext tls = SSLContext.getInstance("TLS");
			tls.init(null, new TrustManager[] { new TrustAll() }, null);
			HttpClient.Builder builder = HttpClient.newBuilder()
				.executor(this.threads)
				.sslContext(tls)
				.proxy(HttpClient.Builder.NO_PROXY);
			this.client = await(this.threads.submit(builder::build), Duration.ofDays(1));
		}
		catch (GeneralSecurityException | TimeoutException ex) {
			throw new IOException("there is no HTTP client", ex);
		}
	}

	private Thread thread(Runnable task) {
		Thread thread = new Thread(this.group, task, "unicorn-warm-up-client");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Send a request and read its answer to the end.
	 * @param target where to send it
	 * @param version which protocol to use, if the server speaks it
	 * @param time how long to wait
	 * @return the answer, without its body
	 * @throws TimeoutException if there is no complete answer in that time
	 * @throws IOException if there is none for another reason, {@link #close} included
	 */
	HttpResponse<Void> get(URI target, HttpClient.Version version, Duration time) throws IOException, TimeoutException {
		// With gzip, as most clients, so that what compresses answers becomes warm, too.
		HttpRequest request = HttpRequest.newBuilder(target)
			.version(version)
			.headers("User-Agent", USER_AGENT, "Accept", "*/*", "Accept-Encoding", "gzip", OwnServer.TOKEN_HEADER,
					this.token)
			.build();
		// Not sendAsync, which completes its futures in the common pool, whose threads
		// stay for a minute. The client's own timeouts end with the head of an answer.
		Callable<HttpResponse<Void>> exchange = () -> this.client.send(request, HttpResponse.BodyHandlers.discarding());
		try {
			return await(this.threads.submit(exchange), time);
		}
		catch (RejectedExecutionException ex) {
			throw new IOException("the warm-up has ended", ex);
		}
	}

	private static <T> T await(Future<T> result, Duration time) throws IOException, TimeoutException {
		try {
			return result.get(time.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof IOException io) ? io : new IOException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException();
		}
	}

	/**
	 * End all threads and connections; a request that is under way fails.
	 */
	@Override
	public void close() {
		this.threads.shutdownNow();
		this.group.interrupt();
	}

}
