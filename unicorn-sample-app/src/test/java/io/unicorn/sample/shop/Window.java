package io.unicorn.sample.shop;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.unicorn.sample.testsupport.Await;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page of a browser, in which scripts are evaluated. For one thread.
 */
final class Window implements WebSocket.Listener {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();

	private final StringBuilder text = new StringBuilder();

	private final WebSocket socket;

	private int calls;

	Window(HttpClient client, URI page) {
		this.socket = client.newWebSocketBuilder().buildAsync(page, this).join();
	}

	@Override
	public @Nullable CompletionStage<?> onText(WebSocket source, CharSequence data, boolean last) {
		this.text.append(data);
		if (last) {
			this.answers.add(JsonMapper.shared().readTree(this.text.toString()));
			this.text.setLength(0);
		}
		source.request(1);
		return null;
	}

	/** Show a page, and wait until it is there. */
	void show(String url) {
		leave("location = " + quoted(url));
	}

	/** Evaluate a script that loads another page, and wait for it. */
	void leave(String script) {
		evaluate("window.former = true; " + script);
		await("!window.former && document.readyState == 'complete' && location.protocol == 'http:'");
	}

	/** Wait until an expression is true. */
	void await(String expression) {
		Await.until(PATIENCE, () -> expression + " in " + evaluate("location + ' ' + document.body?.innerText"),
				() -> evaluate(expression).asBoolean(false));
	}

	/** Return the value of an expression; null while another page is being loaded. */
	JsonNode evaluate(String expression) {
		int call = ++this.calls;
		this.socket
			.sendText(
					JsonMapper.shared()
						.writeValueAsString(Map.of("id", call, "method", "Runtime.evaluate", "params",
								Map.of("expression", expression, "returnByValue", true, "awaitPromise", true))),
					true)
			.join();
		try {
			while (true) {
				JsonNode answer = this.answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
				if (answer == null) {
					throw new AssertionError("The browser does not answer: " + expression);
				}
				if (answer.path("id").asInt(0) == call) {
					return answer.path("result").path("result").path("value");
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static String quoted(String text) {
		return JsonMapper.shared().writeValueAsString(text);
	}

}
