package io.unicorn.boot.jetty.sse;

import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Makes an {@link EventStream} of every answer to a GET request that accepts server-sent
 * events, as a browser's {@code EventSource} sends it: such a client connects again when
 * its stream ends. A stream of events that answers a POST request is the result of that
 * request; it is not ended, because its client would not request the rest. Belongs inside
 * the context of servlets, because the application is told of the end through its
 * request.
 */
public final class EventStreamHandler extends Handler.Wrapper {

	private final EventStreams streams;

	/**
	 * Create a handler.
	 * @param streams the set that streams are added to
	 */
	public EventStreamHandler(EventStreams streams) {
		this.streams = streams;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		ServletContextRequest servlet = acceptsEvents(request) ? Request.as(request, ServletContextRequest.class)
				: null;
		if (servlet == null) {
			return super.handle(request, response, callback);
		}
		EventStream stream = new EventStream(request, response, servlet.getServletApiRequest());
		this.streams.add(stream);
		Request.addCompletionListener(request, (cause) -> {
			this.streams.remove(stream);
			stream.close();
		});
		return super.handle(request, stream, callback);
	}

	private static boolean acceptsEvents(Request request) {
		String accept = request.getHeaders().get(HttpHeader.ACCEPT);
		return accept != null && accept.contains(EventStream.MEDIA_TYPE) && HttpMethod.GET.is(request.getMethod());
	}

}
