-- Whether the free part of a host is what the pattern's `*` stands for.
local function is_free(pattern, free)
  if pattern.free == "none" then
    return free == ""
  elseif pattern.free == "label" then
    return #free > 0 and #free <= pattern.longest and not free:find("[^a-z0-9-]")
  elseif pattern.free == "host" then
    return free:find("^[%w!\"$%%&'()+,.;=_`{}~-]+$") or free:find("^%[[0-9a-f:]+%]$")
  end
  for label in free:gmatch("([^.]*)%.?") do
    if #label > 63 or label:find("[^a-z0-9_-]") then return false end
  end
  return #free > 0 and not free:find("%.%.") and not free:find("^%.") and not free:find("%.$")
end

local function matches(pattern, origin)
  if pattern.any_port then
    local without_port, port = origin:match("^(.*):([1-9]%d?%d?%d?%d?)$")
    if port and tonumber(port) <= 65535 then origin = without_port end
  end
  local before, after = pattern.before, pattern.after
  return #origin >= #before + #after
    and origin:sub(1, #before) == before
    and origin:sub(#origin - #after + 1) == after
    and is_free(pattern, origin:sub(#before + 1, #origin - #after))
end

-- The first rule whose origins include the request's; 0 if there is none.
local function rule_of(headers)
  local count = headers:getNumValues("origin")
  if count == 0 then return 0 end
  local origin = headers:get("origin")
  for number, rule in ipairs(rules) do
    if rule.any then return number end
    if count == 1 and rule.origins[origin] then return number end
    for _, pattern in ipairs(rule.patterns) do
      if count == 1 and matches(pattern, origin) then return number end
    end
  end
  return 0
end

-- What answers repeat is only what browsers can ask for.
local function is_method(method)
  local upper = method:upper()
  return #method <= 64 and method:find("^[%w!#$%%&'*+.^_`|~-]+$") and method ~= "*"
    and upper ~= "CONNECT" and upper ~= "TRACE" and upper ~= "TRACK"
end

local function are_headers(list)
  if #list > 4096 then return false end
  local count = 0
  for name in (list .. ","):gmatch("([^,]*),") do
    count = count + 1
    if name == "*" or not name:find("^[%l%d!#$%%&'*+.^_`|~-]+$") then return false end
  end
  return count <= 64
end

local function answer_preflight(handle, number)
  local headers = handle:headers()
  local rule = rules[number]
  local method = headers:get("access-control-request-method")
  local names = headers:get("access-control-request-headers")
  if rule and rule.mirrors_methods and not is_method(method) then rule = nil end
  if rule and rule.mirrors_headers and names and names ~= "" and not are_headers(names) then
    rule = nil
  end
  local answer = { [":status"] = "403", ["cache-control"] = "no-store", ["vary"] = vary.preflight }
  if rule then
    answer = { [":status"] = "204", ["vary"] = vary.preflight }
    for header, value in pairs(rule.preflight) do answer[header] = value end
    answer["access-control-allow-origin"] = answer["access-control-allow-origin"] or headers:get("origin")
    if rule.mirrors_methods then answer["access-control-allow-methods"] = method end
    if rule.mirrors_headers and names ~= "" then answer["access-control-allow-headers"] = names end
  end
  handle:respond(answer, "")
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local is_options = headers:get(":method") == "OPTIONS"
  local number = rule_of(headers)
  if is_options and headers:getNumValues("origin") > 0
    and headers:getNumValues("access-control-request-method") > 0 then
    handle:streamInfo():dynamicMetadata():set("NAME", "is_answered", true)
    answer_preflight(handle, number)
    return
  end
  local metadata = handle:streamInfo():dynamicMetadata()
  metadata:set("NAME", "rule", number)
  metadata:set("NAME", "origin", headers:get("origin") or "")
  metadata:set("NAME", "is_options", is_options)
end

function envoy_on_response(handle)
  local state = handle:streamInfo():dynamicMetadata():get("NAME")
  if not state or state.is_answered then return end
  local headers = handle:headers()
  -- The policy's headers replace those of the service.
  for _, header in ipairs(owned) do headers:remove(header) end
  local rule = rules[state.rule] or rule_for_all
  if rule then
    for header, value in pairs(rule.actual) do headers:add(header, value) end
    if not rule.actual["access-control-allow-origin"] then
      headers:add("access-control-allow-origin", state.origin)
    end
  end
  local fields = state.is_options and vary.options or vary.actual
  if not fields then return end
  for index = 0, headers:getNumValues("vary") - 1 do
    for field in headers:getAtIndex("vary", index):lower():gmatch("[^, \t]+") do
      if (field == "origin" or field == "*") and fields == "Origin" then return end
    end
  end
  headers:add("vary", fields)
end
