package io.unicorn.reactive;

import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * Sends every message back, at {@code /ws}.
 */
@Configuration(proxyBeanMethods = false)
class EchoSocket {

	@Bean
	HandlerMapping echoSocketMapping() {
		WebSocketHandler echo = (session) -> session.send(session.receive().doOnNext(WebSocketMessage::retain));
		return new SimpleUrlHandlerMapping(Map.of("/ws", echo), Ordered.HIGHEST_PRECEDENCE);
	}

}
