package io.unicorn.boot.doctor;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;

/**
 * Protocols whose requests must reach the same worker.
 */
final class TransportRules {

	private static final String MAPPING = "org.springframework.web.servlet.handler.AbstractUrlHandlerMapping";

	private static final String SOCK_JS = "org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler";

	private static final String MCP = "io.modelcontextprotocol.spec.";

	private TransportRules() {
	}

	static Stream<Symptom> sockJs(Inspection inspection) {
		return inspection.existing(MAPPING)
			.values()
			.stream()
			.map((mapping) -> property(mapping, "handlerMap"))
			.filter(Map.class::isInstance)
			.flatMap((handlers) -> ((Map<?, ?>) handlers).entrySet().stream())
			.filter((entry) -> entry.getValue().getClass().getName().equals(SOCK_JS))
			.filter((entry) -> hasFallback(property(entry.getValue(), "sockJsService")))
			.map((entry) -> new Symptom("endpoint " + entry.getKey(),
					"SockJS without WebSocket sends the requests of one session over several connections, which reach "
							+ "workers that do not know it",
					"Use WebSocket alone: no withSockJS(), or no other transport in it"));
	}

	private static boolean hasFallback(Object service) {
		return !(property(service, "transportHandlers") instanceof Map<?, ?> handlers)
				|| handlers.keySet().stream().anyMatch((type) -> !type.toString().equals("websocket"));
	}

	private static Object property(Object bean, String name) {
		BeanWrapper wrapper = PropertyAccessorFactory.forBeanPropertyAccess(bean);
		Object value = wrapper.isReadableProperty(name) ? wrapper.getPropertyValue(name) : null;
		return (value != null) ? value : List.of();
	}

	static Stream<Symptom> mcp(Inspection inspection) {
		Collection<String> streamable = inspection.names(MCP + "McpStreamableServerTransportProvider");
		Stream<String> events = inspection.existing(MCP + "McpServerTransportProvider")
			.entrySet()
			.stream()
			.filter((bean) -> bean.getValue().getClass().getSimpleName().endsWith("SseServerTransportProvider"))
			.map(Map.Entry::getKey);
		return Stream.concat(streamable.stream(), events)
			.distinct()
			.map((name) -> new Symptom("bean " + name,
					"the sessions of MCP clients are in the memory of one worker; requests that reach another one fail "
							+ "with status 404",
					"Set spring.ai.mcp.server.protocol=STATELESS, which has no messages from the server"));
	}

}
