/** Returns the Cookie header of a new browser, which the server has issued and signed. */
export async function issueCookie(url: string): Promise<string> {
  const response = await fetch(`${url}/bedrock-chat/ws`, {
    headers: {
      Origin: url,
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    },
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}
